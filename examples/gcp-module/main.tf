provider "google" {}

module "coder" {
  source       = "./modules/coder"
  project      = "acme-agents"
  region       = "europe-west1"
  agent_image  = "europe-west1-docker.pkg.dev/acme-agents/agents/coder@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  envoy_image  = "europe-west1-docker.pkg.dev/acme-agents/proxy/envoy:distroless-v1.40.0@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  keeper_image = "europe-west1-docker.pkg.dev/acme-agents/proxy/keeper@sha256:0000000000000000000000000000000000000000000000000000000000000000"
}
