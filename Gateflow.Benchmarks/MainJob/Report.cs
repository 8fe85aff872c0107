using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>A run as markdown: for the terminal and for docs/main-job.md.</summary>
internal static class Report
{
    public static string Of(Outcome outcome)
    {
        var text = new StringBuilder();
        text.Append(Invariant($"Run of {outcome.StartedAt:yyyy-MM-dd}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, "))
            .Append(Invariant($"everything on one machine, {outcome.Duration.TotalSeconds:F0} s at {outcome.Options.Speed} times the trace's speed, a step every {outcome.Completed.Interval.TotalSeconds:F1} s, seed {outcome.Options.Seed}.\n\n"));
        Section(text, "Requests", Requests(outcome));
        Section(text, $"Observed split, {Cast.Source} → {outcome.Completed.Target}", Splits(outcome.Completed, outcome.Exchanges));
        Section(text, $"Observed split, {Cast.Source} → {outcome.RolledBack.Target}", Splits(outcome.RolledBack, outcome.Exchanges));
        Section(text, "The replay before the first migration", Test(outcome.Completed));
        Section(text, "The rollback", Rollback(outcome));
        Section(text, "Latency by arm, ms", Latency(outcome));
        Section(text, "The gateway's rows", Rows(outcome.Accounts));
        Section(text, "Checks", Checks(outcome));
        return text.ToString().TrimEnd() + "\n";
    }

    private static void Section(StringBuilder text, string title, MarkdownTable table) => text.Append(Invariant($"**{title}**\n\n{table}\n"));

    private static MarkdownTable Requests(Outcome outcome)
    {
        var late = new Quantiles(outcome.Exchanges.Select(e => e.Lateness));
        var trace = outcome.Trace;
        var table = new MarkdownTable("what", "seen")
            .Add("stretch of the trace", Invariant($"{trace.Offsets.Count} arrivals in {trace.Offsets[^1].TotalMinutes:F1} min"))
            .Add("sent", Invariant($"{outcome.Sent} ({outcome.Sent / outcome.Duration.TotalSeconds:F0} a second)"))
            .Add("of them beyond the stretch, which then began anew", Count(Math.Max(0, outcome.Sent - trace.Offsets.Count)))
            .Add("distinct prompts", Count(outcome.Exchanges.Select(e => e.Request.Prompt).Distinct().Count()))
            .Add("asked for as a stream", Percent((double)outcome.Exchanges.Count(e => e.Request.Streamed) / outcome.Exchanges.Count))
            .Add("answered", Count(outcome.Answered))
            .Add("**failures seen by the application**", $"**{outcome.Failures}**")
            .Add("answers equal to the recording", Count(outcome.AsRecorded))
            .Add("most in flight", Invariant($"{outcome.MostInFlight} of {Traffic.MostInFlight}"))
            .Add("sent later than the trace demands, p50 / p99", Invariant($"{late[0.5]:F1} / {late[0.99]:F1} ms"));
        foreach (var failure in outcome.Exchanges.Where(e => e.Failure is not null).CountBy(e => e.Failure!).OrderByDescending(f => f.Value))
        {
            table.Add($"failure: {failure.Key}", Count(failure.Value));
        }

        return table;
    }

    private static MarkdownTable Splits(MigrationRun run, IReadOnlyCollection<Exchange> exchanges)
    {
        var table = new MarkdownTable("configured", "requests", "on target", "observed", "3 sigma", "deviation, sigmas");
        foreach (var split in StepSplit.Of(run, exchanges))
        {
            table.Add(Percent(split.Weight), Count(split.Requests), Count(split.OnTarget),
                split.Requests == 0 ? "–" : Percent(split.Observed),
                split.Requests == 0 ? "–" : Invariant($"± {300 * split.Sigma:F1} %"),
                Invariant($"{split.Z:+0.0;-0.0;0.0}{(Math.Abs(split.Z) > 3 ? " !" : "")}"));
        }

        return table;
    }

    private static MarkdownTable Test(MigrationRun run)
    {
        var quality = run.Test!["quality_comparison"];
        return new MarkdownTable("what", "seen")
            .Add("requests in the usage analysis", Count(run.Analyzed))
            .Add("compatible", run.Incompatible.Count == 0 ? "yes" : $"no ({string.Join("; ", run.Incompatible)})")
            .Add("requests replayed through both", Text(run.Test["requests_tested"]))
            .Add("semantic similarity", Invariant($"{Number(quality?["semantic_similarity"])} ({Text(quality?["similarity_method"])})"))
            .Add("output length ratio", Number(quality?["output_length_ratio"]))
            .Add("format match", Number(quality?["format_match"]))
            .Add("recommendation", Text(run.Test["recommendation"]));
    }

    private static MarkdownTable Rollback(Outcome outcome)
    {
        var (entry, seen) = (outcome.RolledBack.Rollback!, outcome.Detection);
        return new MarkdownTable("what", "seen")
            .Add("injected", Invariant($"status 500 on {100 * Journey.InjectedErrorRate:F0} % of the target's requests"))
            .Add("traffic on the target then", Invariant($"{Number(entry["traffic_at_rollback"])} %"))
            .Add("guardrail", Text(entry["guardrail"]))
            .Add("evidence, rolled back at", Invariant($"{Number(entry["evidence"])}, {Number(entry["threshold"])}"))
            .Add("**target requests from the first failure until the rollback**", $"**{seen.TargetRequests}**")
            .Add("of them over by then", Count(seen.OverByThen))
            .Add("of them failed and answered by the source", Count(seen.AnsweredBySource))
            .Add("the same as the gateway counted it (`detection_requests`)", Number(entry["detection_requests"]))
            .Add("from the first failure to the rollback, application / gateway", Invariant($"{seen.Seconds:F2} / {Number(entry["detection_seconds"])} s"))
            .Add("time to effect, as the gateway measured", Invariant($"{Number(entry["effect_ms"])} ms"))
            .Add("last request that went to the target, from the rollback's time stamp on", Invariant($"{seen.LastTargetMs:+0;-0;0} ms"));
    }

    private static MarkdownTable Latency(Outcome outcome)
    {
        var table = new MarkdownTable("migration, arm", "answers", "application p50", "application p99", "gateway p50", "gateway p99");
        foreach (var run in (MigrationRun[])[outcome.Completed, outcome.RolledBack])
        {
            foreach (var arm in (string[])["source", "target"])
            {
                var seen = new Quantiles(outcome.Exchanges.Where(e => e.Migration == run.Id && e.Arm == arm && e is { FallbackReason: null, Failure: null }).Select(e => e.Duration));
                table.Add($"→ {run.Target}, {arm}", Count(seen.Count), Invariant($"{seen[0.5]:F0}"), Invariant($"{seen[0.99]:F0}"),
                    Rounded(run.View["metrics"]![$"{arm}_latency_p50"]), Rounded(run.View["metrics"]![$"{arm}_latency_p99"]));
            }
        }

        return table;
    }

    private static MarkdownTable Rows(IReadOnlyList<Account> accounts)
    {
        var table = new MarkdownTable("what", "application", "gateway");
        foreach (var account in accounts)
        {
            table.Add(account.What, Count(account.Application), Count(account.Gateway));
        }

        return table;
    }

    private static MarkdownTable Checks(Outcome outcome)
    {
        var table = new MarkdownTable("check", "holds") { Words = true };
        foreach (var (check, holds) in outcome.Checks)
        {
            table.Add(check, holds ? "yes" : "**no**");
        }

        return table;
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => Invariant($"{100 * share:F1} %");

    private static string Text(JsonNode? node) => node?.ToString() ?? "–";

    private static string Number(JsonNode? node) => node is null ? "–" : node.GetValue<double>().ToString("0.###", CultureInfo.InvariantCulture);

    private static string Rounded(JsonNode? node) => node is null ? "–" : Invariant($"{node.GetValue<double>():F0}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
