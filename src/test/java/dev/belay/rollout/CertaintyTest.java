package dev.belay.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Mode;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.StartHistory;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Advance;
import dev.belay.readiness.Advance.Mark;
import dev.belay.readiness.Advance.Tries;
import dev.belay.readiness.Cause;
import dev.belay.readiness.Current;
import dev.belay.readiness.ExitCounts;
import dev.belay.readiness.InProgress;
import dev.belay.readiness.Trouble;
import dev.belay.rollout.FailureRule.When;
import dev.belay.rollout.Observation.Assessed;
import dev.belay.rollout.Observation.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When trouble is certain, and when it may still pass. Times are seconds since the change. */
class CertaintyTest {

  private static final Instant NOON = Timeline.NOON;
  private static final ObjectKey WEB = Timeline.WEB;
  private static final ObjectKey DB = Timeline.DB;
  private static final StartHistory WELL = StartHistory.of("", Map.of("web", 0), 3);

  private Policy policy = Policy.DEFAULT;
  private ChangeSet change = new ChangeSet(2, NOON, NOON, null, 0);
  private HelmStatus pending = HelmStatus.DEPLOYED;

  // Exits.

  @Test
  void three_exits_fail_what_started_well_before_after_ten_seconds() {
    waits(1, web(exits(1, 1), WELL));
    waits(9, web(exits(3, 1), WELL));
    failsFor(
        11,
        "exited 3 times within 10 s on 1 of 1 new Pods; at the last verified start: 0 times",
        web(exits(3, 1), WELL));
  }

  @Test
  void two_exits_are_not_enough_however_long_ago() {
    waits(1, web(exits(1, 1), WELL));
    waits(60, web(exits(2, 1), WELL));
  }

  @Test
  void a_container_without_a_known_start_has_three_restarts_and_half_a_minute() {
    waits(1, web(exits(1, 1), null));
    waits(14, web(exits(3, 1), null));
    waits(29, web(exits(4, 1), null));
    failsFor(
        35,
        "exited 4 times within 34 s on 1 of 1 new Pods; no earlier start of it is known",
        web(exits(4, 1), null));
  }

  @Test
  void a_container_that_is_new_in_an_old_workload_has_no_known_start() {
    StartHistory other = StartHistory.of("", Map.of("sidecar", 0), 3);
    waits(1, web(exits(1, 1), other));
    waits(14, web(exits(3, 1), other));
    failsFor(
        35,
        "exited 4 times within 34 s on 1 of 1 new Pods; no earlier start of it is known",
        web(exits(4, 1), other));
  }

  @Test
  void a_node_with_a_short_back_off_makes_no_difference() {
    waits(1, web(exits(1, 1), null));
    waits(30, web(exits(12, 1), null));
    fails(31, web(exits(12, 1), null));
  }

  @Test
  void as_many_exits_as_the_last_time_are_normal() {
    StartHistory twice = StartHistory.of("", Map.of("web", 2), 15);
    waits(1, web(exits(1, 1), twice));
    waits(40, web(exits(4, 1), twice));
    fails(41, web(exits(5, 1), twice));
  }

  @Test
  void a_start_that_took_long_the_last_time_has_as_long_again() {
    StartHistory slow = StartHistory.of("", Map.of("web", 1), 50);
    waits(1, web(exits(1, 1), slow));
    waits(50, web(exits(4, 1), slow));
    fails(51, web(exits(4, 1), slow));
  }

  @Test
  void an_init_container_has_patience() {
    waits(1, object(WEB, trouble(new Trouble.Exits("web", true, exits(1, 1))), WELL));
    waits(20, object(WEB, trouble(new Trouble.Exits("web", true, exits(3, 1))), WELL));
    fails(40, object(WEB, trouble(new Trouble.Exits("web", true, exits(4, 1))), WELL));
  }

  @Test
  void one_well_pod_of_two_is_patience() {
    ExitCounts half = counts(3, 3, 1, 2, true, 1, NOON.plusSeconds(1), 12, true, false);
    waits(1, web(half, WELL));
    waits(15, web(half, WELL));
  }

  @Test
  void a_long_run_an_exit_with_zero_and_an_unready_sidecar_are_patience() {
    for (ExitCounts counts :
        List.of(
            counts(3, 3, 1, 1, true, 31, NOON.plusSeconds(1), 12, true, false),
            counts(3, 3, 1, 1, false, 1, NOON.plusSeconds(1), 12, true, false),
            counts(3, 3, 1, 1, true, 1, NOON.plusSeconds(1), 12, false, false),
            counts(3, 3, 1, 1, true, 1, NOON.plusSeconds(1), 12, true, true))) {
      change = new ChangeSet(2, NOON, NOON, null, 0);
      waits(1, web(counts, WELL));
      waits(25, web(counts, WELL));
    }
  }

  @Test
  void a_missing_secret_keeps_three_exits_from_being_certain() {
    Facts facts = new Facts(true, false, Advance.NONE, WELL, List.of("Secret/later"), false, false);
    waits(1, new Assessed(WEB, crash(exits(3, 1)), null, facts));
    waits(25, new Assessed(WEB, crash(exits(3, 1)), null, facts));
  }

  @Test
  void what_has_exited_proves_itself_by_living_longer_than_before() {
    Advance again =
        new Advance(
            "", List.of(), false, "", Duration.ZERO, WELL, new Tries(1, 1, Duration.ofSeconds(8)));
    Assessed web = new Assessed(WEB, new Current("Ready"), null, facts(true, again, WELL));
    waits(10, web);
    waits(27, web);
    assertThat(decide(28, web)).isInstanceOf(Decision.Promote.class);
  }

  // What the others of the change do.

  @Test
  void what_waits_for_another_object_has_its_time() {
    waits(1, web(exits(1, 1), WELL), starting(DB));
    waits(120, web(exits(5, 1), WELL), starting(DB));
    waits(299, web(exits(6, 1), WELL), starting(DB));
    fails(300, web(exits(6, 1), WELL), starting(DB));
  }

  @Test
  void only_a_run_that_began_after_the_others_were_ready_counts() {
    waits(1, web(exits(1, 1), WELL), starting(DB));
    waits(49, web(exits(4, 1, 33), WELL), starting(DB));
    waits(50, web(exits(4, 1, 33), WELL), ready(DB, 1));
    waits(70, web(exits(4, 1, 33), WELL), ready(DB, 1));
    fails(75, web(exits(5, 1, 74), WELL), ready(DB, 1));
  }

  @Test
  void another_that_was_ready_once_already_and_is_so_again_has_helped_all_the_same() {
    waits(1, web(exits(1, 1, 0), WELL), starting(DB));
    waits(20, web(exits(2, 1, 2), WELL), ready(DB, 1));
    waits(25, web(exits(3, 1, 13), WELL), starting(DB));
    waits(59, web(exits(4, 1, 33), WELL), starting(DB));
    waits(60, web(exits(4, 1, 33), WELL), ready(DB, 1));
    waits(74, web(exits(4, 1, 33), WELL), ready(DB, 1));
    fails(75, web(exits(5, 1, 74), WELL), ready(DB, 1));
  }

  @Test
  void a_run_that_was_under_way_when_another_got_ready_does_not_count() {
    waits(1, web(exits(1, 1, 0), WELL), starting(DB));
    ExitCounts before = exits(4, 1, 33);
    Assessed running = new Assessed(WEB, crash(before), null, facts(true, tries(before, 1), WELL));
    waits(59, running, starting(DB));
    waits(65, web(exits(5, 1, 90), WELL), ready(DB, 1)); // By a clock that is ahead.
    fails(140, web(exits(6, 1, 139), WELL), ready(DB, 1));
  }

  @Test
  void an_optional_secret_that_has_come_is_read_by_the_next_run_only() {
    ExitCounts three = exits(3, 1, 13);
    Facts missing =
        new Facts(true, false, tries(three, 0), WELL, List.of("Secret/later"), false, false);
    waits(1, web(exits(1, 1, 0), WELL));
    waits(14, new Assessed(WEB, crash(three), null, missing));
    waits(20, new Assessed(WEB, crash(three), null, missing));
    waits(21, web(three, WELL));
    waits(35, web(three, WELL));
    fails(36, web(exits(4, 1, 35), WELL));
  }

  @Test
  void what_waits_for_one_that_has_to_try_again_itself_waits_for_that() {
    ObjectKey api = new ObjectKey("apps", "Deployment", "shop", "api");
    waits(1, web(exits(1, 1, 0), WELL), crashing(api, exits(1, 1, 0), WELL), starting(DB));
    waits(59, web(exits(5, 1, 40), WELL), crashing(api, exits(5, 1, 50), WELL), starting(DB));
    waits(60, web(exits(5, 1, 40), WELL), crashing(api, exits(5, 1, 50), WELL), ready(DB, 1));
    // Its own next run comes before that of what it waits for.
    waits(70, web(exits(6, 1, 69), WELL), crashing(api, exits(5, 1, 50), WELL), ready(DB, 1));
    waits(80, web(exits(6, 1, 69), WELL), ready(api, 1), ready(DB, 1));
    waits(99, web(exits(6, 1, 69), WELL), ready(api, 1), ready(DB, 1));
    fails(101, web(exits(7, 1, 100), WELL), ready(api, 1), ready(DB, 1));
  }

  @Test
  void two_that_go_on_crashing_after_what_they_waited_for_fail() {
    ObjectKey api = new ObjectKey("apps", "Deployment", "shop", "api");
    waits(59, web(exits(5, 1, 40), WELL), crashing(api, exits(5, 1, 50), WELL), starting(DB));
    waits(60, web(exits(5, 1, 40), WELL), crashing(api, exits(5, 1, 50), WELL), ready(DB, 1));
    waits(70, web(exits(6, 1, 69), WELL), crashing(api, exits(5, 1, 50), WELL), ready(DB, 1));
    fails(80, web(exits(6, 1, 69), WELL), crashing(api, exits(6, 1, 79), WELL), ready(DB, 1));
  }

  @Test
  void a_pod_that_is_made_anew_begins_to_count_anew() {
    waits(1, web(exits(1, 1, 0), WELL), starting(DB));
    waits(200, web(exits(6, 1, 190), WELL), starting(DB));
    waits(201, web(exits(1, 1, 200), WELL), ready(DB, 1));
    fails(240, web(exits(4, 1, 239), WELL), ready(DB, 1));
  }

  @Test
  void clocks_of_nodes_that_are_ahead_put_no_verdict_off() {
    ExitCounts ahead = counts(1, 1, 1, 1, true, 1, NOON.plusSeconds(600), 600, true, false);
    ExitCounts later = counts(3, 3, 1, 1, true, 1, NOON.plusSeconds(600), 612, true, false);
    waits(1, web(ahead, WELL));
    fails(14, web(later, WELL));
  }

  @Test
  void a_client_that_waits_is_told_once_the_others_have_not_moved_for_the_timeout() {
    pending = HelmStatus.PENDING_UPGRADE;
    waits(1, web(exits(1, 1, 0), WELL), moving(DB, 1));
    waits(20, web(exits(6, 1, 6), WELL), moving(DB, 2));
    waits(319, web(exits(6, 1, 6), WELL), moving(DB, 2));
    assertThat(decide(320, web(exits(6, 1, 6), WELL), moving(DB, 2)))
        .isInstanceOf(Decision.Tell.class);
  }

  @Test
  void two_that_crash_do_not_wait_for_each_other() {
    waits(1, web(exits(1, 1), WELL), crashing(DB, exits(1, 1), WELL));
    waits(15, web(exits(3, 1), WELL), crashing(DB, exits(3, 1), WELL));
    fails(36, web(exits(4, 1), WELL), crashing(DB, exits(4, 1), WELL));
  }

  @Test
  void what_the_change_leaves_alone_is_waited_for_by_nobody() {
    Assessed other =
        new Assessed(DB, new InProgress("Ready: 0/1"), null, facts(false, Advance.NONE, null));
    waits(1, web(exits(1, 1), WELL), other);
    fails(12, web(exits(3, 1), WELL), other);
  }

  @Test
  void what_the_change_has_not_touched_has_until_the_timeout() {
    Assessed worker = new Assessed(WEB, crash(exits(4, 1)), null, facts(false, Advance.NONE, WELL));
    waits(40, worker);
    waits(299, worker);
    Decision.RollBack late = fails(300, worker);
    assertThat(late.cause().message())
        .isEqualTo("not touched by the change, and not ready within 5 min: web exited 3");
    assertThat(late.cause().reason()).isEqualTo("CrashLoop");
  }

  // What is no exit.

  @Test
  void an_image_that_is_unknown_to_its_registry_has_ten_seconds() {
    waits(1, object(WEB, trouble(new Trouble.ImageNotFound(null)), WELL));
    waits(10, object(WEB, trouble(new Trouble.ImageNotFound(null)), WELL), starting(DB));
    fails(11, object(WEB, trouble(new Trouble.ImageNotFound(null)), WELL), starting(DB));
  }

  @Test
  void the_time_of_an_image_begins_with_the_first_answer() {
    Instant asked = NOON.plusSeconds(1);
    waits(30, object(WEB, trouble(new Trouble.ImageNotFound(asked)), WELL));
    waits(37, object(WEB, trouble(new Trouble.ImageNotFound(asked)), WELL));
    fails(38, object(WEB, trouble(new Trouble.ImageNotFound(asked)), WELL));
  }

  @Test
  void a_registry_that_refused_for_long_has_not_said_that_it_does_not_know_the_image() {
    waits(1, object(WEB, trouble(new Trouble.MayPass()), WELL));
    waits(60, object(WEB, trouble(new Trouble.MayPass()), WELL));
    waits(61, object(WEB, trouble(new Trouble.ImageNotFound(null)), WELL));
    waits(70, object(WEB, trouble(new Trouble.ImageNotFound(null)), WELL));
    fails(71, object(WEB, trouble(new Trouble.ImageNotFound(null)), WELL));
  }

  @Test
  void a_registry_that_does_not_answer_has_until_the_timeout() {
    waits(1, object(WEB, trouble(new Trouble.MayPass()), WELL));
    waits(299, object(WEB, trouble(new Trouble.MayPass()), WELL));
    Decision.RollBack late = fails(300, object(WEB, trouble(new Trouble.MayPass()), WELL));
    assertThat(late.cause().evidence()).isEqualTo("not ready within 5 min");
  }

  @Test
  void a_missing_secret_has_half_a_minute_or_as_long_as_something_may_make_it() {
    Trouble.Missing missing = new Trouble.Missing(new ObjectKey("", "Secret", "shop", "s"), "");
    waits(1, object(WEB, trouble(missing), WELL));
    waits(30, object(WEB, trouble(missing), WELL));
    fails(31, object(WEB, trouble(missing), WELL));
  }

  @Test
  void what_may_make_a_missing_secret_has_its_time_and_a_moment_more() {
    Trouble.Missing missing = new Trouble.Missing(new ObjectKey("", "Secret", "shop", "s"), "");
    Assessed web = object(WEB, trouble(missing), WELL);
    waits(5, web, starting(DB));
    waits(60, web, starting(DB));
    waits(61, web, ready(DB, 1));
    waits(81, web, ready(DB, 1));
    fails(82, web, ready(DB, 1));
  }

  @Test
  void a_secret_that_has_come_is_not_missing_though_the_node_has_not_looked_again() {
    Trouble.Missing missing = new Trouble.Missing(new ObjectKey("", "Secret", "shop", "s"), "");
    Facts come = new Facts(true, false, Advance.NONE, WELL, List.of(), true, false);
    waits(1, object(WEB, trouble(missing), WELL));
    waits(45, new Assessed(WEB, trouble(missing), null, come));
    waits(299, new Assessed(WEB, trouble(missing), null, come));
    fails(300, new Assessed(WEB, trouble(missing), null, come));
  }

  @Test
  void two_that_miss_a_secret_do_not_wait_for_each_other() {
    Trouble.Missing missing = new Trouble.Missing(new ObjectKey("", "Secret", "shop", "s"), "");
    waits(1, object(WEB, trouble(missing), WELL), object(DB, trouble(missing), WELL));
    waits(30, object(WEB, trouble(missing), WELL), object(DB, trouble(missing), WELL));
    fails(31, object(WEB, trouble(missing), WELL), object(DB, trouble(missing), WELL));
  }

  @Test
  void a_key_that_nobody_will_write_fails_at_once_unless_a_job_may() {
    Trouble.Missing missing = new Trouble.Missing(new ObjectKey("", "ConfigMap", "shop", "c"), "k");
    Facts never = new Facts(true, false, Advance.NONE, WELL, List.of(), false, true);
    Facts job = new Facts(true, true, Advance.NONE, null, List.of(), false, false);
    Assessed web = new Assessed(WEB, trouble(missing), null, never);
    waits(1, web, new Assessed(DB, new InProgress("Succeeded: 0/1"), null, job));
    fails(2, web, starting(DB));
  }

  @Test
  void who_denies_pods_may_think_again_for_half_a_minute() {
    waits(1, object(WEB, trouble(new Trouble.Denied()), WELL));
    waits(30, object(WEB, trouble(new Trouble.Denied()), WELL));
    fails(31, object(WEB, trouble(new Trouble.Denied()), WELL));
  }

  @Test
  void the_deadline_of_a_controller_is_not_shorter_than_what_the_spec_allows() {
    Advance probes =
        new Advance("", List.of(), false, "", Duration.ofSeconds(900), WELL, Tries.NONE);
    Assessed web =
        new Assessed(WEB, trouble(new Trouble.Overdue()), null, facts(true, probes, WELL));
    waits(600, web);
    fails(900, web);
  }

  @Test
  void of_two_that_are_late_the_one_is_told_with_which_something_is_wrong() {
    Assessed web = object(WEB, trouble(new Trouble.MayPass()), WELL);
    waits(1, starting(DB), web);
    assertThat(fails(300, starting(DB), web).cause().object()).isEqualTo(WEB);
    assertThat(fails(300, starting(DB), web).cause().reason()).isEqualTo("CrashLoop");
  }

  // Progress.

  @Test
  void the_timeout_counts_from_the_last_pod_that_came_further() {
    waits(1, moving(WEB, 0));
    waits(200, moving(WEB, 1));
    waits(400, moving(WEB, 2));
    waits(699, moving(WEB, 2));
    Decision.RollBack late = fails(700, moving(WEB, 2));
    assertThat(late.cause().message())
        .isEqualTo(
            "no progress for 5 min (last progress at 12:06:40 UTC: Pod web-2 became ready): Ready: 2/6");
  }

  @Test
  void what_falls_back_and_rises_again_is_no_progress() {
    waits(1, moving(WEB, 0));
    waits(100, moving(WEB, 2));
    waits(200, moving(WEB, 1));
    waits(399, moving(WEB, 2));
    fails(400, moving(WEB, 2));
  }

  @Test
  void another_template_begins_anew() {
    waits(1, moving(WEB, "a", 3));
    waits(200, moving(WEB, "b", 1));
    waits(499, moving(WEB, "b", 1));
    fails(500, moving(WEB, "b", 1));
  }

  @Test
  void a_template_that_changes_all_the_time_puts_nothing_off_for_ever() {
    for (int i = 0; i <= 10; i++) {
      waits(1 + i * 100L, moving(WEB, "t" + i, 1));
    }
    waits(1_100, moving(WEB, "t11", 1));
    fails(1_301, moving(WEB, "t12", 1));
  }

  @Test
  void the_progress_of_one_object_is_time_for_all() {
    waits(1, moving(WEB, 0), starting(DB));
    waits(200, moving(WEB, 1), starting(DB));
    waits(499, moving(WEB, 1), starting(DB));
    fails(500, moving(WEB, 1), starting(DB));
  }

  @Test
  void the_clock_stands_while_an_image_is_pulled() {
    Advance pulls = new Advance("", List.of(), false, "web-1", Duration.ZERO, WELL, Tries.NONE);
    Assessed web = new Assessed(WEB, new InProgress("Ready: 0/1"), null, facts(true, pulls, WELL));
    waits(299, web);
    waits(900, web);
    // What it has then, it has just got.
    waits(901, moving(WEB, 1));
    waits(1_200, moving(WEB, 1));
    fails(1_201, moving(WEB, 1));
  }

  @Test
  void pods_that_are_evicted_while_they_pull_hold_the_clock_for_half_an_hour_in_all() {
    Advance pulls = new Advance("", List.of(), false, "web-1", Duration.ZERO, WELL, Tries.NONE);
    Assessed web = new Assessed(WEB, new InProgress("Ready: 0/1"), null, facts(true, pulls, WELL));
    for (int second = 1; second < 1_800; second += 200) {
      waits(second, web);
      waits(second + 100, starting(WEB));
    }
    waits(1_801, web);
    fails(2_001, web);
  }

  @Test
  void what_the_change_leaves_alone_moves_no_clock() {
    Advance pulls = new Advance("", List.of(), false, "db-1", Duration.ZERO, WELL, Tries.NONE);
    Assessed db = new Assessed(DB, new InProgress("Ready: 0/1"), null, facts(false, pulls, WELL));
    waits(1, starting(WEB), db);
    waits(299, starting(WEB), db);
    fails(300, starting(WEB), db);
  }

  @Test
  void what_was_seen_to_be_touched_stays_so() {
    waits(1, starting(WEB), moving(DB, 0));
    Assessed untouched =
        new Assessed(DB, new Current("Ready"), null, facts(false, advance("a", 1), null));
    waits(299, starting(WEB), untouched);
    waits(598, starting(WEB), untouched);
    fails(599, starting(WEB), untouched);
  }

  @Test
  void what_the_spec_allows_itself_is_time_for_what_waits_for_it() {
    Advance probes =
        new Advance("", List.of(), false, "", Duration.ofSeconds(600), WELL, Tries.NONE);
    Assessed db = new Assessed(DB, new InProgress("Ready: 0/1"), null, facts(true, probes, WELL));
    waits(599, starting(WEB), db);
    fails(600, starting(WEB), db);
  }

  @Test
  void a_change_has_a_maximum_where_the_policy_has_one() {
    policy = policy.withFailure(rule(When.EVIDENCE, Duration.ofSeconds(250)));
    waits(1, moving(WEB, 0));
    waits(249, moving(WEB, 1));
    fails(250, moving(WEB, 2));
  }

  @Test
  void restarts_alone_are_enough_where_the_policy_says_so() {
    policy = policy.withFailure(rule(When.RESTARTS, null));
    waits(3, web(exits(3, 1), null), starting(DB));
    fails(4, web(exits(4, 1), null), starting(DB));
  }

  @Test
  void the_maximum_of_a_change_holds_for_a_client_that_waits() {
    policy = policy.withFailure(rule(When.EVIDENCE, Duration.ofSeconds(250)));
    pending = HelmStatus.PENDING_UPGRADE;
    waits(1, moving(WEB, 1));
    waits(249, moving(WEB, 2));
    assertThat(decide(250, moving(WEB, 2))).isInstanceOf(Decision.Tell.class);
    assertThat(fails(256, moving(WEB, 3)).cause().reason()).isEqualTo("ClientGone");
  }

  @Test
  void a_custom_resource_moves_on_with_each_condition_that_is_new() {
    waits(1, saying(7));
    waits(200, saying(8));
    waits(400, saying(7));
    waits(499, saying(8));
    fails(500, saying(8));
  }

  @Test
  void a_client_that_has_died_has_no_more_time_than_what_is_not_ready() {
    pending = HelmStatus.PENDING_UPGRADE;
    Assessed db =
        new Assessed(
            DB, new Current("Ready"), Duration.ofHours(24), facts(true, advance("", 1), null));
    waits(1, moving(WEB, 1), db);
    waits(604, moving(WEB, 1), db);
    assertThat(fails(605, moving(WEB, 1), db).cause().reason()).isEqualTo("ClientGone");
  }

  @Test
  void a_client_that_waits_for_what_moves_has_not_died() {
    pending = HelmStatus.PENDING_UPGRADE;
    waits(1, moving(WEB, 1));
    waits(500, moving(WEB, 2));
    waits(700, moving(WEB, 2));
    waits(804, moving(WEB, 2));
    assertThat(fails(805, moving(WEB, 2)).cause().reason()).isEqualTo("ClientGone");
  }

  // ---

  private void waits(long second, Assessed... objects) {
    Decision decision = decide(second, objects);
    assertThat(decision).isInstanceOf(Decision.Wait.class);
    change = ((Decision.Wait) decision).changeSet();
  }

  private Decision.RollBack fails(long second, Assessed... objects) {
    Decision decision = decide(second, objects);
    assertThat(decision).isInstanceOf(Decision.RollBack.class);
    return (Decision.RollBack) decision;
  }

  private void failsFor(long second, String evidence, Assessed... objects) {
    assertThat(fails(second, objects).cause().evidence()).isEqualTo(evidence);
  }

  private Decision decide(long second, Assessed... objects) {
    Observation.Helm helm = new Observation.Helm(2, pending, "", NOON, NOON, "");
    ReleaseStatus status =
        ReleaseStatus.NEW
            .withStable(new Stable(1, 1, NOON.minusSeconds(3600)))
            .withJudged(1)
            .withChangeSet(change);
    return Rollout.decide(
        status,
        new Observation(Mode.ENFORCE, helm, List.of(objects), 0),
        policy,
        NOON.plusSeconds(second));
  }

  private static Assessed web(ExitCounts counts, @Nullable StartHistory before) {
    return crashing(WEB, counts, before);
  }

  private static Assessed crashing(
      ObjectKey key, ExitCounts counts, @Nullable StartHistory before) {
    return new Assessed(key, crash(counts), null, facts(true, tries(counts, 0), before));
  }

  /** While so many of its containers, which have exited before, run again. */
  private static Advance tries(ExitCounts counts, int running) {
    return new Advance(
        "",
        List.of(),
        false,
        "",
        Duration.ZERO,
        WELL,
        new Tries(counts.perPod() * Math.max(1, counts.started()), running, Duration.ZERO));
  }

  private static Assessed object(
      ObjectKey key, InProgress readiness, @Nullable StartHistory before) {
    return new Assessed(key, readiness, null, facts(true, Advance.NONE, before));
  }

  private static Assessed starting(ObjectKey key) {
    return object(key, new InProgress("Ready: 0/1"), null);
  }

  private static Assessed ready(ObjectKey key, int pods) {
    return new Assessed(key, new Current("Ready"), null, facts(true, advance("", pods), null));
  }

  private static Assessed moving(ObjectKey key, int pods) {
    return moving(key, "a", pods);
  }

  private static Assessed moving(ObjectKey key, String template, int pods) {
    return new Assessed(
        key,
        new InProgress("Ready: %d/6".formatted(pods)),
        null,
        facts(true, advance(template, pods), null));
  }

  private static Assessed saying(int... hashes) {
    List<Mark> marks = new ArrayList<>();
    IntStream.of(hashes).forEach(hash -> marks.add(new Mark(hash, Instant.EPOCH, "it moved")));
    Advance advance = new Advance("", marks, true, "", Duration.ZERO, WELL, Tries.NONE);
    return new Assessed(WEB, new InProgress("Not ready"), null, facts(true, advance, null));
  }

  private static Advance advance(String template, int pods) {
    Mark mark = new Mark(pods, Instant.EPOCH, "Pod web-%d became ready".formatted(pods));
    return new Advance(template, List.of(mark), false, "", Duration.ZERO, WELL, Tries.NONE);
  }

  private static Facts facts(boolean touched, Advance advance, @Nullable StartHistory before) {
    return new Facts(touched, false, advance, before, List.of(), false, false);
  }

  private static InProgress crash(ExitCounts counts) {
    return trouble(new Trouble.Exits("web", false, counts));
  }

  private static InProgress trouble(Trouble.Sign sign) {
    Cause cause = new Cause("CrashLoop", WEB, "web-1", "web", 3, 3, "web exited 3");
    return new InProgress("Ready: 0/1", "web-1", "web", new Trouble(cause, sign));
  }

  /** So many on each Pod, the first of them a second after the change, the last one just now. */
  private static ExitCounts exits(int each, int pods) {
    return exits(each, pods, 3_600);
  }

  private static ExitCounts exits(int each, int pods, long lastStarted) {
    return counts(each, each, pods, pods, true, 1, NOON.plusSeconds(1), lastStarted, true, false);
  }

  private static ExitCounts counts(
      int perPod,
      int most,
      int exited,
      int started,
      boolean errors,
      long longest,
      Instant firstBy,
      long lastStarted,
      boolean othersWell,
      boolean older) {
    return new ExitCounts(
        perPod,
        most,
        exited,
        started,
        errors,
        Duration.ofSeconds(longest),
        firstBy,
        NOON.plusSeconds(lastStarted),
        othersWell,
        older);
  }

  private static FailureRule rule(When when, @Nullable Duration maximum) {
    FailureRule rule = FailureRule.DEFAULT;
    return new FailureRule(
        when, rule.exits(), rule.minimum(), rule.patience(), rule.imageNotFound(), maximum);
  }
}
