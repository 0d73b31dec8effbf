# What cfn/forwarder.yaml makes in one account and Region, resource by resource. A test evaluates both and compares them:
# tests/tests/template/terraform.rs.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id

  rule_name        = "${var.project}-health-forwarder"
  default_bus_arn  = "arn:${local.partition}:events:${local.region}:${local.account}:event-bus/default"
  boundary_arn     = var.permissions_boundary_name == "" ? null : "arn:${local.partition}:iam::${local.account}:policy/${var.permissions_boundary_name}"
  own_dead_letters = var.dead_letters_arn == ""
  dead_letters_arn = local.own_dead_letters ? aws_sqs_queue.dead_letters[0].arn : var.dead_letters_arn
  alarm_topics     = compact([var.alarm_topic_arn])
  tags             = { Project = var.project, Owner = var.owner, Team = var.team }
}

# The rule: one per Region, since AWS Health delivers to each Region by itself.

resource "aws_cloudwatch_event_rule" "forwarder" {
  # A name of its own, so that the role's trust can name the rule without a circle. Rules are regional: no collision.
  name        = local.rule_name
  description = "AWS Health events and heartbeats, to the data collector"
  state       = "ENABLED"
  event_pattern = jsonencode({
    source = concat(["aws.health", "custom.heartbeat"], var.forward_custom_health ? ["custom.health"] : [])
  })
  tags = local.tags
}

resource "aws_cloudwatch_event_target" "collector" {
  rule      = aws_cloudwatch_event_rule.forwarder.name
  target_id = "collector"
  arn       = var.collector_event_bus_arn
  # An organization's grant on the bus holds only for a sender with a role.
  role_arn = aws_iam_role.forwarder.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = local.dead_letters_arn
  }

  # Nothing is sent before it may be, or before what fails has a place.
  depends_on = [aws_iam_role_policy.send_to_collector, aws_sqs_queue_policy.dead_letters]
}

resource "aws_cloudwatch_event_target" "standby" {
  count = var.standby_event_bus_arn == "" ? 0 : 1

  rule      = aws_cloudwatch_event_rule.forwarder.name
  target_id = "standby"
  arn       = var.standby_event_bus_arn
  role_arn  = aws_iam_role.forwarder.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = local.dead_letters_arn
  }

  depends_on = [aws_iam_role_policy.send_to_collector, aws_sqs_queue_policy.dead_letters]
}

# IAM is global, and a fixed name collides in the second Region: the provider adds to the prefix what makes it unique.
resource "aws_iam_role" "forwarder" {
  name_prefix          = "${var.project}-health-forwarder-"
  description          = "EventBridge sends AWS Health events to the data collector"
  path                 = var.role_path
  permissions_boundary = local.boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TheRule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnEquals = {
          "aws:SourceArn" = "arn:${local.partition}:events:${local.region}:${local.account}:rule/${local.rule_name}"
        }
      }
    }]
  })
  tags = local.tags
}

resource "aws_iam_role_policy" "send_to_collector" {
  role = aws_iam_role.forwarder.id
  name = "send-to-collector"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "SendToCollector"
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = compact([var.collector_event_bus_arn, var.standby_event_bus_arn])
    }]
  })
}

# The heartbeat goes through the same rule, role and target as the events it vouches for.

resource "aws_scheduler_schedule" "heartbeat" {
  name                = "${var.project}-health-heartbeat"
  description         = "Says that this account and Region still forward"
  schedule_expression = var.heartbeat_rate

  # A thousand accounts must not speak in the same second.
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 60
  }

  target {
    arn      = local.default_bus_arn
    role_arn = aws_iam_role.heartbeat.arn
    input    = jsonencode({ version = 1, project = var.project })

    eventbridge_parameters {
      source      = "custom.heartbeat"
      detail_type = "Heartbeat"
    }

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }

    dead_letter_config {
      arn = local.dead_letters_arn
    }
  }

  depends_on = [aws_iam_role_policy.put_heartbeat]
}

resource "aws_iam_role" "heartbeat" {
  name_prefix          = "${var.project}-health-heartbeat-"
  description          = "EventBridge Scheduler puts the heartbeat on the default event bus"
  path                 = var.role_path
  permissions_boundary = local.boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TheSchedule"
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = local.account
          # Scheduler names the group, not the schedule.
          "aws:SourceArn" = "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule-group/default"
        }
      }
    }]
  })
  tags = local.tags
}

resource "aws_iam_role_policy" "put_heartbeat" {
  role = aws_iam_role.heartbeat.id
  name = "put-heartbeat"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "PutHeartbeat"
        Effect   = "Allow"
        Action   = "events:PutEvents"
        Resource = local.default_bus_arn
        Condition = {
          "ForAllValues:StringEquals" = { "events:source" = "custom.heartbeat" }
          Null                        = { "events:source" = "false" }
        }
      },
      {
        Sid      = "KeepWhatFailed"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = local.dead_letters_arn
      },
    ]
  })
}

# What could not be sent within 24 hours and 185 tries.

resource "aws_sqs_queue" "dead_letters" {
  count = local.own_dead_letters ? 1 : 0

  name                      = "${var.project}-health-forwarder-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = local.tags
}

resource "aws_sqs_queue_policy" "dead_letters" {
  count = local.own_dead_letters ? 1 : 0

  queue_url = aws_sqs_queue.dead_letters[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TheRule"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.dead_letters[0].arn
        Condition = {
          StringEquals = { "aws:SourceAccount" = local.account }
          ArnEquals    = { "aws:SourceArn" = aws_cloudwatch_event_rule.forwarder.arn }
        }
      },
      # Everybody, but only to be refused.
      {
        Sid       = "NothingInTheClear"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.dead_letters[0].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  count = local.own_dead_letters ? 1 : 0

  alarm_name          = "${var.project}-health-forwarder-dead-letters"
  alarm_description   = "AWS Health events of this account and Region did not reach the data collector."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters[0].name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
  ok_actions          = local.alarm_topics
  tags                = local.tags
}
