# The Region where the StackSet is administered; where the forwarders run is said by var.regions.
provider "aws" {
  region = "us-east-1"
}
