/**
 * Key of a Terraform resource's `labels` that says what it is: `agent` or `tool` on a Cloud Run job, service or worker pool,
 * `proxy` on an instance template. A label, since it stands in synthesized JSON, plan and state alike; a comment key (`//`)
 * is gone from the plan.
 */
export const WORKLOAD_LABEL = 'anchorhold-workload';
