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

variable "organizational_unit_ids" {
  description = "Which units; their child units are included. The root is the whole organization."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for one in var.organizational_unit_ids : can(regex("^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$", one))])
    error_message = "organizational_unit_ids: ids of organizational units, or the root's."
  }
}

variable "account_filter_type" {
  description = "How accounts limits the units: only these (INTERSECTION), all but these (DIFFERENCE), these too (UNION). Automatic deployment does not look at it: an account that joins a unit gets the forwarder."
  type        = string
  default     = "NONE"
  nullable    = false

  validation {
    condition     = contains(["NONE", "INTERSECTION", "DIFFERENCE", "UNION"], var.account_filter_type)
    error_message = "account_filter_type: one of NONE, INTERSECTION, DIFFERENCE, UNION."
  }
}

variable "accounts" {
  description = "The accounts that account_filter_type speaks of."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.accounts : can(regex("^([0-9]{12})?$", one))])
    error_message = "accounts: account ids, or empty."
  }
}

variable "regions" {
  description = "Account-specific events reach us-west-2 from every Region, global ones us-east-1. Each further Region adds its public events, and its own by a shorter way. See cfn/README.md."
  type        = list(string)
  default     = ["us-east-1", "us-west-2"]
  nullable    = false

  validation {
    condition     = alltrue([for one in var.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", one))])
    error_message = "regions: Regions."
  }
}

variable "call_as" {
  description = "SELF in the management account, DELEGATED_ADMIN in an account that administers StackSets for it."
  type        = string
  default     = "SELF"
  nullable    = false

  validation {
    condition     = contains(["SELF", "DELEGATED_ADMIN"], var.call_as)
    error_message = "call_as: one of SELF, DELEGATED_ADMIN."
  }
}

variable "forward_custom_health" {
  description = "Also send events of source custom.health from the default bus."
  type        = bool
  default     = false
  nullable    = false
}

variable "heartbeat_rate" {
  description = "How often each account and Region say that they still forward."
  type        = string
  default     = "rate(1 day)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.heartbeat_rate))
    error_message = "heartbeat_rate: a rate or cron expression of EventBridge Scheduler."
  }
}

variable "max_concurrent_percentage" {
  description = "In how many percent of the accounts at once."
  type        = number
  default     = 25
  nullable    = false

  validation {
    condition     = var.max_concurrent_percentage >= 1 && var.max_concurrent_percentage <= 100
    error_message = "max_concurrent_percentage: 1 to 100."
  }
}

variable "failure_tolerance_percentage" {
  description = "In how many percent of the accounts it may fail before the rest is stopped."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.failure_tolerance_percentage >= 0 && var.failure_tolerance_percentage <= 100
    error_message = "failure_tolerance_percentage: 0 to 100."
  }
}

variable "permissions_boundary_name" {
  description = "Boundary of the roles made in each account. By name, since the account is part of the ARN."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_/-]*$", var.permissions_boundary_name))
    error_message = "permissions_boundary_name: the name of a managed policy that every account has, or empty."
  }
}

variable "role_path" {
  description = "Path of the roles made in each account."
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
