//! The page of the demo on which people manage permissions, as a browser without a script meets it.

mod browser;
mod changes;
mod checks;
mod hostile;
mod lists;

use crate::{Test, tests};
pub use browser::Servers;
use changes::{
    a_change_is_confirmed_once_and_undone, another_site_changes_nothing,
    editors_at_once_do_not_overwrite_each_other, many_are_granted_at_once,
    only_managers_see_and_change_anything,
};
use checks::{a_path_explains_what_is_allowed, a_question_that_makes_no_sense_is_told};
use hostile::{
    damaged_forms_change_nothing, html_in_names_is_escaped, names_that_are_too_long_are_refused,
    tuples_with_every_divider_are_listed_and_revoked,
};
pub use lists::the_names_of_a_page_take_one_request;
use lists::{a_list_is_filtered_and_paged, a_person_is_found_by_part_of_the_email};

/// All tests of the page.
pub fn suite() -> Vec<(&'static str, Test<Servers>)> {
    tests![
        only_managers_see_and_change_anything,
        another_site_changes_nothing,
        a_change_is_confirmed_once_and_undone,
        editors_at_once_do_not_overwrite_each_other,
        many_are_granted_at_once,
        a_list_is_filtered_and_paged,
        a_person_is_found_by_part_of_the_email,
        a_path_explains_what_is_allowed,
        a_question_that_makes_no_sense_is_told,
        html_in_names_is_escaped,
        names_that_are_too_long_are_refused,
        tuples_with_every_divider_are_listed_and_revoked,
        damaged_forms_change_nothing,
    ]
}
