# The forwarders of one account, such as the management account, which no StackSet reaches. Each Region that forwards has a
# provider and a module of its own.

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

provider "aws" {
  alias  = "us_west_2"
  region = "us-west-2"
}

module "us_east_1" {
  source    = "../../forwarder"
  providers = { aws = aws.us_east_1 }

  project                 = var.project
  collector_event_bus_arn = var.collector_event_bus_arn
}

module "us_west_2" {
  source    = "../../forwarder"
  providers = { aws = aws.us_west_2 }

  project                 = var.project
  collector_event_bus_arn = var.collector_event_bus_arn
}
