terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Version 6 gives the argument region of a stack set's instance another name.
      version = "~> 5.100"
    }
  }
}
