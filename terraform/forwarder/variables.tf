variable "project" {
  description = "Begins the name of everything, and is a tag."
  type        = string
  default     = "health"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,14}[a-z0-9]$", var.project))
    error_message = "project: 3 to 16 small letters, digits and hyphens, beginning with a letter."
  }
}

variable "collector_event_bus_arn" {
  description = "Event bus of the data collector."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]+$", var.collector_event_bus_arn))
    error_message = "collector_event_bus_arn: the ARN of an event bus, the output EventBusArn of the data collector's stack."
  }
}

variable "standby_event_bus_arn" {
  description = "Event bus of a second data collector in another Region, which gets the same events."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]+)?$", var.standby_event_bus_arn))
    error_message = "standby_event_bus_arn: the ARN of an event bus, or empty."
  }
}

variable "forward_custom_health" {
  description = "Also send events of source custom.health from the default bus. The data collector takes them only from principals it lists."
  type        = bool
  default     = false
  nullable    = false
}

variable "heartbeat_rate" {
  description = "How often this account and Region say that they still forward."
  type        = string
  default     = "rate(1 day)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.heartbeat_rate))
    error_message = "heartbeat_rate: a rate or cron expression of EventBridge Scheduler."
  }
}

variable "dead_letters_arn" {
  description = "An existing queue for events that could not be sent, such as one per Region in the hub account, which somebody watches. Empty makes a queue and an alarm here."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?$", var.dead_letters_arn))
    error_message = "dead_letters_arn: the ARN of a standard SQS queue in this Region, or empty."
  }
}

variable "alarm_topic_arn" {
  description = "Who is told of undelivered events here. Without it the alarm is only seen in this account; the hub still notices, by the missing heartbeat."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn: the ARN of an SNS topic in this Region, or empty."
  }
}

variable "permissions_boundary_name" {
  description = "Boundary of the roles made here. By name, since one text serves every account."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_/-]*$", var.permissions_boundary_name))
    error_message = "permissions_boundary_name: the name of a managed policy of this account, with its path if it has one, or empty."
  }
}

variable "role_path" {
  description = "Path of the roles made here."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([A-Za-z0-9._+=,@-]+/)*$", var.role_path))
    error_message = "role_path: a path that begins and ends with a slash."
  }
}

variable "owner" {
  description = "Who owns it; a tag of everything."
  type        = string
  default     = "platform"
  nullable    = false

  validation {
    condition     = length(var.owner) >= 1 && length(var.owner) <= 256
    error_message = "owner: 1 to 256 characters."
  }
}

variable "team" {
  description = "Which team runs it; a tag of everything."
  type        = string
  default     = "platform"
  nullable    = false

  validation {
    condition     = length(var.team) >= 1 && length(var.team) <= 256
    error_message = "team: 1 to 256 characters."
  }
}
