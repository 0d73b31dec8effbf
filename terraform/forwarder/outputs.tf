output "rule_arn" {
  description = "The rule that forwards."
  value       = aws_cloudwatch_event_rule.forwarder.arn
}

output "role_arn" {
  description = "Whom the data collector's event bus sees."
  value       = aws_iam_role.forwarder.arn
}

output "dead_letters_arn" {
  description = "What could not be sent."
  value       = local.dead_letters_arn
}
