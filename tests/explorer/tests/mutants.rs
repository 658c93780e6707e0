//! Each deliberately wrong variant of the protocol is found, with a trace that can be read and seen again.

use explorer::mutants::{Mutant, MutantTable};
use explorer::{Search, catalogue};
use model::{Fault, ModelTable};

/// Searches this scenario, with so many faults, for what the variant does wrong.
fn is_found(mutant: Mutant, scenario: &str, faults: usize) {
    is_found_among(mutant, scenario, faults, &Fault::ALL);
}

fn is_found_among(mutant: Mutant, scenario: &str, faults: usize, kinds: &'static [Fault]) {
    let scenario = catalogue::named(scenario);
    let shipped = |table: ModelTable| table;
    Search::new(&scenario, &shipped, faults)
        .expect("one request at a time does as the rules say")
        .only(kinds)
        .exhaust()
        .unwrap_or_else(|violation| panic!("the shipped protocol is found wrong too\n{violation}"));
    let over = move |table: ModelTable| MutantTable::new(table, mutant);
    let search =
        Search::new(&scenario, &over, faults).expect("nothing is wrong before").only(kinds);
    let violation = search.exhaust().expect_err("the variant is wrong");
    assert!(
        violation.trace.iter().any(|line| line.contains("is answered")),
        "the trace tells what was answered:\n{violation}"
    );
    let again = search.replay(&violation.choices);
    let again = again.err().unwrap_or_else(|| panic!("its choices lead to it again\n{violation}"));
    assert_eq!(again.what, violation.what);
}

#[test]
fn a_seat_taken_without_condition_is_found() {
    is_found(Mutant::SeatWithoutCondition, "two different Adds in one block", 0);
}

#[test]
fn a_decision_on_an_outdated_block_is_found() {
    is_found(Mutant::OutdatedBlock, "two equal Adds that report duplicates", 0);
}

#[test]
fn a_guard_item_in_place_of_seats_is_found() {
    is_found(Mutant::GuardInPlaceOfSeats, "two equal Adds that report duplicates", 0);
}

#[test]
fn numbers_that_are_read_and_written_back_are_found() {
    is_found(Mutant::NumberReadAndWritten, "two equal unchecked Adds", 0);
}

#[test]
fn a_transaction_in_parts_is_found() {
    is_found(
        Mutant::TransactionInParts,
        "two associations of one DCN with different new customers",
        0,
    );
}

#[test]
fn a_request_in_error_resolved_in_a_second_write_is_found() {
    is_found(Mutant::ResolvedInASecondWrite, "reprocess against delete", 0);
}

#[test]
fn a_key_written_after_the_effect_is_found() {
    is_found(Mutant::KeyAfterTheEffect, "the same key with another association", 0);
}

#[test]
fn a_fingerprint_that_is_not_compared_is_found() {
    is_found(Mutant::FingerprintNotCompared, "the same key with another Add", 0);
}

#[test]
fn a_conflict_that_counts_as_failure_is_found() {
    is_found(Mutant::ConflictIsFailure, "two associations of the same new customer", 0);
}

#[test]
fn a_lost_answer_that_counts_as_failure_is_found() {
    is_found(Mutant::LostAnswerIsFailure, "two different Adds in one block", 1);
}

#[test]
fn a_gap_in_the_seats_that_is_ignored_is_found() {
    is_found_among(
        Mutant::GapIgnored,
        "three Adds in one block, two of them equal",
        1,
        &[Fault::Torn],
    );
}

#[test]
fn a_new_token_after_an_unknown_outcome_is_found() {
    is_found(
        Mutant::NewTokenAfterUnknownOutcome,
        "an Add against an association of the same customer",
        1,
    );
}

#[test]
fn a_dealer_customer_claimed_without_condition_is_found() {
    is_found(
        Mutant::DealerCustomerWithoutCondition,
        "a named customer and a searched one for the same DCN",
        0,
    );
}

#[test]
fn a_version_that_is_not_compared_is_found() {
    is_found(Mutant::VersionNotCompared, "an update by number against an update of a duplicate", 0);
}

#[test]
fn a_message_queued_under_a_random_name_is_found() {
    is_found(Mutant::QueuedUnderARandomName, "the same key twice, a failing message", 0);
}

#[test]
fn a_merged_customer_that_acts_by_itself_is_found() {
    is_found(Mutant::LoserActs, "an Add equal to a loser against a Change of the winner", 0);
}

#[test]
fn what_a_winner_gave_up_and_nobody_looks_at_is_found() {
    is_found(
        Mutant::GaveUpForgotten,
        "a merge that takes the address against an update by the winner's old one",
        0,
    );
}

#[test]
fn a_winner_that_is_not_asked_whom_it_absorbed_is_found() {
    is_found_among(
        Mutant::WinnerNotAsked,
        "an un-merge against an update by the loser's values",
        1,
        &[Fault::Torn],
    );
}

#[test]
fn a_winner_that_is_not_asked_whether_whom_it_absorbed_leads_to_it_is_found() {
    for scenario in [
        "an un-merge of a merge that took the address against an update by it",
        "a merge that takes the address against an update by the loser's values",
    ] {
        is_found(Mutant::WinnerNotAsked, scenario, 0);
    }
}

#[test]
fn an_erasure_that_does_not_know_what_it_erased_is_found() {
    is_found_among(Mutant::ErasureForgotten, "an erasure against a Change", 1, &[Fault::Repeated]);
}

#[test]
fn a_decision_on_a_pair_that_does_not_say_who_made_it_is_found() {
    is_found_among(
        Mutant::DecisionForgotten,
        "a merge of two of whom that is being taken back",
        1,
        &[Fault::Repeated],
    );
}

#[test]
fn an_effect_that_is_not_looked_for_on_who_is_passed_is_found() {
    is_found_among(
        Mutant::PassedNotLookedAt,
        "a merge with a key against a Change of the loser with a key",
        1,
        &[Fault::Late],
    );
}

#[test]
fn effects_that_an_un_merge_leaves_behind_are_found() {
    is_found_among(
        Mutant::EffectsNotAdopted,
        "an un-merge with a key against a Change of the loser with a key",
        1,
        &[Fault::Late],
    );
}

#[test]
fn a_winner_written_whatever_its_version_is_is_found() {
    is_found(Mutant::WinnersVersionNotCompared, "a merge against a Change of the winner", 0);
}

#[test]
fn a_loser_written_whatever_its_version_is_is_found() {
    is_found(Mutant::LosersVersionNotCompared, "a merge against a Change of the loser", 0);
}

#[test]
fn a_merge_in_parts_is_found() {
    is_found(Mutant::TransactionInParts, "two merges in a row", 0);
}

#[test]
fn a_reference_without_a_seat_is_found() {
    is_found(
        Mutant::ReferenceBesideTheSeats,
        "the second step of a change of rule beside the first",
        0,
    );
}

#[test]
fn an_occupant_that_is_not_followed_is_found() {
    is_found(Mutant::OccupantNotFollowed, "a verified address beside the one as given", 0);
}

#[test]
fn a_next_try_that_decides_on_todays_address_is_found() {
    is_found(
        Mutant::InputsForgotten,
        "an unchecked key whose next try finds no address service",
        1,
    );
}

#[test]
fn one_seat_under_two_rules_is_found() {
    is_found(Mutant::OneSeatOfTwo, "the second step of a change of rule beside the first", 0);
}

#[test]
fn an_unknown_attribute_that_is_dropped_is_found() {
    is_found(Mutant::UnknownAttributeDropped, "what a newer release wrote, changed by this one", 0);
}

#[test]
fn a_change_that_takes_no_seat_is_found() {
    is_found(
        Mutant::ChangeTakesNoSeat,
        "a Change that moves a customer against an Add where it goes",
        0,
    );
}

#[test]
fn a_verified_address_that_leaves_nothing_where_it_was_given_is_found() {
    is_found(Mutant::AsGivenNotWritten, "a verified address beside the one as given", 0);
}

#[test]
fn a_reference_that_takes_a_seat_whoever_has_it_is_found() {
    is_found(
        Mutant::ReferenceWithoutCondition,
        "the second step of a change of rule beside the first",
        0,
    );
}

#[test]
fn a_queued_message_that_nothing_leads_to_is_found() {
    is_found(Mutant::TopicsNotWritten, "the same key twice, a failing message", 0);
}

#[test]
fn an_audit_that_gives_a_seat_whoever_has_it_is_found() {
    is_found(
        Mutant::AuditSeatWithoutCondition,
        "an audit that gives a customer its lost seat against an Add of another there",
        0,
    );
}

#[test]
fn an_audit_that_looks_at_one_item_after_the_other_is_found() {
    is_found(Mutant::AuditLooksOneByOne, "an audit against an association of a new customer", 0);
}

#[test]
fn what_was_forgotten_and_is_done_again_is_found() {
    is_found(
        Mutant::ForgottenDoneAgain,
        "a key after so many updates that its own is forgotten, against another update",
        0,
    );
}

#[test]
fn an_update_that_changes_nothing_and_leaves_nothing_is_found() {
    is_found(
        Mutant::NothingRemembered,
        "a key of an update that changed nothing, tried again after another update",
        0,
    );
}

#[test]
fn a_rule_that_is_complete_before_every_customer_has_its_seat_is_found() {
    is_found(
        Mutant::CompleteBeforeTheSeats,
        "a process that knows only the first rule, behind an audit that brings in the second",
        0,
    );
}

#[test]
fn a_required_rule_that_is_ignored_is_found() {
    is_found(
        Mutant::RequiredRuleIgnored,
        "a process that knows only the first rule, behind an audit that brings in the second",
        0,
    );
}

/// A step that is left out of a change of rule makes two of one, whatever the requests do.
#[test]
fn each_step_that_is_left_out_of_a_change_of_rule_is_found() {
    let shipped = |table: ModelTable| table;
    for scenario in catalogue::steps_left_out() {
        let search = Search::new(&scenario, &shipped, 0).expect("nothing is wrong before");
        let violation = search.exhaust().expect_err(scenario.name);
        assert!(
            violation.what.contains("became 2") || violation.what.contains("was told of"),
            "{violation}"
        );
    }
}
