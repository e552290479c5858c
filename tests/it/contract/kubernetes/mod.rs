//! What a Kubernetes API server owes its clients, as far as `deliver` relies on it: the same assertions on the cluster that
//! stands for one in tests, always, and on the real one that `DELIVER_TEST_KUBECONFIG` names, if it is set.
//!
//! The real cluster needs a node that can run `DELIVER_TEST_KUBE_IMAGE`: an image with `/bin/sh`, `/bin/true` and
//! `/bin/false`, such as busybox. Each claim works in a namespace of its own and removes it.

mod apply;
mod errors;
mod objects;
mod pods;
mod rollout;
pub mod subject;

use subject::Subject;

/// One test on the fake and one on the real cluster for each claim.
macro_rules! claims {
    ($($module:ident: $($claim:ident),+ $(,)?;)+) => {
        mod on_the_fake {
            $(mod $module {
                $(#[test] fn $claim() {
                    super::super::$module::$claim(&super::super::Subject::fake(stringify!($claim)));
                })+
            })+
        }
        mod on_a_real_cluster {
            $(mod $module {
                $(#[test] fn $claim() {
                    if let Some(subject) = super::super::Subject::real(stringify!($claim)) {
                        super::super::$module::$claim(&subject);
                    }
                })+
            })+
        }
    };
}

claims! {
    apply:
        creates_owns_and_completes,
        the_same_again_changes_nothing,
        a_field_of_another_manager_is_a_conflict,
        force_takes_the_field_over,
        equal_values_are_shared,
        what_is_no_longer_applied_goes,
        what_somebody_else_owns_too_stays,
        a_scaler_owns_the_replicas,
        items_of_others_stay,
        a_dry_run_stores_nothing,
        the_manager_must_be_named;
    errors:
        not_found,
        already_exists,
        names_must_be_dns,
        required_fields,
        a_selector_is_immutable,
        unknown_fields,
        a_stale_version_is_a_conflict,
        preconditions,
        a_namespace_must_exist,
        a_quota_is_kept;
    objects:
        generation_counts_what_is_wanted,
        lists_come_in_pages,
        selectors_choose,
        watches_tell_changes,
        version_and_discovery,
        deleting_in_the_background,
        deleting_in_the_foreground,
        secrets_take_text,
        access_can_be_asked_for;
    pods:
        logs_of_a_pod,
        a_missing_image_is_told,
        a_crash_is_told,
        a_job_ends_with_its_pod,
        a_job_that_fails_says_so;
    rollout:
        a_deployment_rolls_out,
        a_second_template_replaces_the_first,
        an_old_template_gets_its_set_back,
        a_missed_deadline_is_told,
        a_pause_holds_the_template_back,
        who_serves_is_told_by_readiness;
}
