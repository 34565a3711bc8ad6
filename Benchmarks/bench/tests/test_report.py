import json
import unittest

from bench import configs, report
from bench.rounds import QUICK, Plan
from bench.scenario import make_result

FACTS = {"date": "2026-01-01 00:00 UTC", "cpu": "a processor", "cores": 2, "memory_gib": 4, "kernel": "6.1",
         "virtual": True, "commit": "abc", "swift": "6.3", "gcc": "12", "haproxy": "2.6", "nginx": "1.22"}


def result():
    rounds = [
        {"disturbed": number == 3, "samples": {
            name: {"cpu_us": cost + number, "p99_us": 10.0, "foreign": 0.0, "load_core": 0.5}
            for name, cost in [("full", 20.0), ("haproxy", 30.0)]}}
        for number in range(8)]
    return make_result("steady-1000", "steady: a title", {}, rounds, ["full", "haproxy"], [], 7)


class ReportTests(unittest.TestCase):
    def test_the_table_has_a_row_for_each_candidate_and_says_what_was_disturbed(self):
        text = "\n".join(report.scenario_lines(result()))
        self.assertIn("| Portcullis, full inspection | 24.00 [20.00, 27.00] |", text)
        self.assertIn("| HAProxy, TCP mode | 34.00 [30.00, 37.00] |", text)
        self.assertIn("1 of 8 rounds were disturbed", text)

    def test_targets_are_judged_by_ratios_within_the_round(self):
        text = report.markdown(FACTS, {"steady-1000": result()}, {}, Plan(False, 7, 0.2, 1.0))
        self.assertIn("full inspection / HAProxy | ≤ 0.85 | 0.71 [0.67, 0.73] | 98% of 7 | pass |", text)

    def test_rows_of_the_program_for_rules_and_bans_become_tables_as_they_come(self):
        text = report.markdown(FACTS, {}, {"rules": [{"rules": 50, "ns": 12.345}, {"rules": 0}]}, Plan(True, **QUICK))
        self.assertIn("| rules | ns |", text)
        self.assertIn("| 50 | 12.35 |", text)
        self.assertIn("| 0 | – |", text)

    def test_the_json_reads_back_and_marks_the_rounds_that_count(self):
        whole = json.loads(report.as_json(FACTS, {"steady-1000": result()}, {}, Plan(False, 7, 0.2, 1.0)))
        counts = [entry["counts"] for entry in whole["scenarios"][0]["rounds"]]
        self.assertEqual(counts, [True] * 3 + [False] + [True] * 4)


class ConfigTests(unittest.TestCase):
    def test_there_are_50_rules_and_20_signatures_that_name_no_packet(self):
        entries = configs.portcullis_rules().split("  - id: ")[1:]
        self.assertEqual(sum("packet: " in entry for entry in entries), 50)
        self.assertEqual(sum("bytes: " in entry and "packet: " not in entry for entry in entries), 20)

    def test_signatures_differ(self):
        self.assertEqual(len({configs.signature(index) for index in range(20)}), 20)
