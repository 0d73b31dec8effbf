output "rule_arns" {
  description = "The rules that forward, by Region."
  value       = { us-east-1 = module.us_east_1.rule_arn, us-west-2 = module.us_west_2.rule_arn }
}
