variable "collector_event_bus_arn" {
  description = "Event bus of the data collector, the output EventBusArn of its stack."
  type        = string
  nullable    = false
}

variable "project" {
  description = "Begins the name of everything, and is a tag."
  type        = string
  default     = "health"
  nullable    = false
}
