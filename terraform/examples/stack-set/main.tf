# What cfn/forwarder-stackset.yaml makes: a forwarder in every account of the units and in every Region named, new accounts
# included. Run it in the management account, or with call_as = "DELEGATED_ADMIN" in an account that administers StackSets.

resource "aws_cloudformation_stack_set" "forwarder" {
  name             = "${var.project}-health-forwarder"
  description      = "AWS Health events of every account and Region, to the data collector"
  permission_model = "SERVICE_MANAGED"
  call_as          = var.call_as
  capabilities     = ["CAPABILITY_IAM"]
  template_body    = file("${path.module}/../../../cfn/forwarder.yaml")

  parameters = {
    Project                 = var.project
    CollectorEventBusArn    = var.collector_event_bus_arn
    StandbyEventBusArn      = var.standby_event_bus_arn
    ForwardCustomHealth     = tostring(var.forward_custom_health)
    HeartbeatRate           = var.heartbeat_rate
    PermissionsBoundaryName = var.permissions_boundary_name
    RolePath                = var.role_path
    Owner                   = var.owner
    Team                    = var.team
  }

  # An account that leaves takes its forwarder out with it.
  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  # Operations on two Regions at once queue in place of failing.
  managed_execution {
    active = true
  }

  operation_preferences {
    region_concurrency_type      = "PARALLEL"
    max_concurrent_percentage    = var.max_concurrent_percentage
    failure_tolerance_percentage = var.failure_tolerance_percentage
  }

  tags = { Project = var.project, Owner = var.owner, Team = var.team }

  # AWS fills it in, and version 5 of the provider would take it out again with every apply:
  # https://github.com/hashicorp/terraform-provider-aws/issues/23464
  lifecycle {
    ignore_changes = [administration_role_arn]
  }
}

resource "aws_cloudformation_stack_set_instance" "forwarder" {
  for_each = toset(var.regions)

  stack_set_name = aws_cloudformation_stack_set.forwarder.name
  region         = each.value
  call_as        = var.call_as

  deployment_targets {
    organizational_unit_ids = var.organizational_unit_ids
    account_filter_type     = var.account_filter_type == "NONE" ? null : var.account_filter_type
    accounts                = var.account_filter_type == "NONE" ? null : var.accounts
  }

  operation_preferences {
    region_concurrency_type      = "PARALLEL"
    max_concurrent_percentage    = var.max_concurrent_percentage
    failure_tolerance_percentage = var.failure_tolerance_percentage
  }
}
