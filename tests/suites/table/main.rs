//! What every table must do, whoever stores it: the embedded database, the DynamoDB at the address in `DYNAMODB_URL`, and the model that the explorer runs on.
//!
//! The operations rely on these sentences and on nothing else. What the model does beyond them (transactions in two phases, answers that get lost) no engine
//! can be asked to do at will; that is tested beside the model.

mod conditions;
mod fixture;
mod index;
mod queries;
mod reads;
mod transactions;
mod whole;

/// The same tests on both tables.
macro_rules! on_every_table {
    ($($module:ident: $($test:ident),+;)+) => {
        /// An engine that speaks DynamoDB's protocol: embedded, or at a given address.
        mod database {
            $(mod $module {
                $(#[tokio::test]
                async fn $test() {
                    let storage = local::stand::Storage::for_a_test().await.expect("a database");
                    crate::$module::$test(&storage.table).await;
                    storage.stop().await.expect("the database stops");
                })+
            })+
        }

        /// The model of the explorer.
        mod model {
            $(mod $module {
                $(#[tokio::test]
                async fn $test() {
                    crate::$module::$test(&model::ModelTable::new()).await;
                })+
            })+
        }
    };
}

on_every_table! {
    conditions:
        absent_holds_once,
        of_many_at_once_one_is_written,
        absent_or_expired_holds_when_the_time_has_passed,
        a_version_holds_for_one_write,
        what_has_no_version_or_a_lower_one_is_outdated,
        a_ceiling_holds_for_one_write,
        what_is_absent_or_older_is_replaced_and_nothing_else,
        a_dealer_customer_is_associated_while_it_belongs_to_nobody_and_once_by_each_effect,
        a_dealer_customer_is_released_by_who_holds_it_and_once_by_each_effect,
        what_belongs_to_a_customer_is_written_for_that_customer,
        a_claim_is_free_for_its_holder_and_for_whom_nobody_precedes,
        an_update_sets_keeps_and_removes_and_tells_what_was_there,
        a_put_leaves_nothing_of_what_was_there;
    reads:
        what_is_written_is_read_at_once_and_whole,
        what_is_absent_is_none,
        a_hundred_items_are_read_and_absent_ones_left_out,
        a_counter_that_has_begun_counts_and_one_that_has_not_does_not,
        of_many_additions_at_once_none_is_lost,
        calls_are_metered;
    queries:
        a_partition_is_read_in_the_order_of_the_bytes_of_its_sort_keys,
        a_prefix_and_a_place_narrow_a_query,
        pages_follow_one_another_to_the_end,
        a_partition_larger_than_a_page_is_read_page_by_page;
    transactions:
        all_is_written_or_nothing,
        each_refusal_stands_in_its_place_with_what_stood_there,
        a_token_makes_a_repeated_transaction_one,
        a_refused_transaction_may_be_sent_again_with_its_token,
        of_transactions_that_meet_one_is_done;
    index:
        what_has_a_place_in_the_index_is_found_there_in_order_between_bounds,
        what_moves_in_the_index_is_found_at_its_new_place_only,
        pages_of_the_index_go_on_in_both_directions,
        what_has_no_place_is_not_in_the_index;
    whole:
        each_item_is_in_one_segment_and_met_there_once,
        items_are_read_together_in_the_order_of_their_keys,
        a_transaction_is_done_while_what_it_looks_at_is_so;
}
