using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.EvidencePacks;

/// <summary>The evidence pack as a document for people: CommonMark with tables. What people typed is defused, so that it stays text.</summary>
internal sealed class EvidencePackMarkdown
{
    private readonly StringBuilder _text = new();

    private EvidencePackMarkdown()
    {
    }

    public static string Write(EvidencePack pack)
    {
        var document = new EvidencePackMarkdown();
        document.Head(pack);
        document.Configuration(pack);
        document.Compatibility(pack);
        document.Tests(pack);
        document.Verdicts(pack);
        document.Decisions(pack);
        document.Arms(pack);
        document.Rollbacks(pack);
        document.Drills(pack);
        document.Messages(pack);
        document.Timeline(pack);
        document.Samples(pack);
        return document._text.ToString();
    }

    private void Head(EvidencePack pack)
    {
        var m = pack.Migration;
        Line($"# Evidence pack: {Safe(m.SourceModel)} → {Safe(m.TargetModel ?? "no target")}");
        Line($"Migration {m.MigrationId}, {Wire.Name(m.Status).Replace('_', ' ')}. {Safe(m.Sentence)}");
        Table(
            ["what", "value"],
            ["name", m.Name], ["created", $"{At(m.CreatedAt)} by {m.CreatedBy}"], ["started", At(m.Progress.StartedAt)], ["finished", At(m.Progress.FinishedAt)],
            ["traffic on target", Percent(m.Progress.TrafficOnTarget)], ["observed on target", Percent(m.Progress.ObservedOnTarget)], ["demo data", m.Demo ? "yes" : "no"],
            ["generated", At(pack.GeneratedAt)], ["Gateflow", pack.SoftwareVersion]);
    }

    private void Configuration(EvidencePack pack)
    {
        Line("## Configuration");
        var config = (JsonObject)JsonSerializer.SerializeToNode(pack.Configuration, JsonColumn.Options)!;
        Table(["field", "value"], [.. config.Select(f => new[] { f.Key, f.Value?.ToJsonString(JsonColumn.Options) })]);
        Line("### Steps");
        Table(["step", "on target", "holds, minutes", "gate"], [.. pack.Steps.Select((s, i) => new[] { $"{i + 1}", Percent(s.Weight), Number(s.Hold.TotalMinutes), s.Gate ? "a person" : "" })]);
    }

    private void Compatibility(EvidencePack pack)
    {
        Line("## Compatibility");
        if (pack.Compatibility is not { } report)
        {
            Line("Not checked.");
            return;
        }

        Line($"{Safe(report.TargetModel)}: {(report.Compatible ? "compatible" : "not compatible")}.");
        Table(["feature", "status", "detail", "requests affected", "shim"],
            [.. report.Checks.Select(c => new[]
            {
                c.Subject is null ? c.Feature : $"{c.Feature} {c.Subject}", Wire.Name(c.Status), c.Detail,
                c.SamplesChecked is { } samples ? string.Create(CultureInfo.InvariantCulture, $"{c.RequestsAffected} of {samples} samples") : c.RequestsAffected?.ToString(CultureInfo.InvariantCulture), c.Shim,
            })]);
    }

    private void Tests(EvidencePack pack)
    {
        Line("## Tests");
        if (pack.Tests.Count == 0)
        {
            Line("None was run.");
        }

        foreach (var (test, samples) in pack.Tests)
        {
            var r = test.Results;
            Line($"### {test.TestId}");
            Table(["what", "value"],
                ["models", $"{test.SourceModel} → {test.TargetModel}"], ["status", Wire.Name(test.Status)], ["run", $"{At(test.CreatedAt)} to {At(test.FinishedAt)}"],
                ["requests", $"{r?.RequestsTested ?? test.Done} of {test.Requested} asked for, {samples.Count} stored requests"],
                ["recommendation", r is null ? null : Wire.Name(r.Recommendation)], ["reasons", r is null ? test.Error : string.Join(" ", r.Reasons)],
                ["similarity", r is null ? null : $"{Number(r.QualityComparison.SemanticSimilarity)} ({r.QualityComparison.SimilarityMethod})"],
                ["latency, ms", r is null ? null : $"{Number(r.SourceModel.AvgLatencyMs)} → {Number(r.TargetModel.AvgLatencyMs)}"],
                ["cost a request, USD", r is null ? null : $"{Money(r.SourceModel.AvgCost)} → {Money(r.TargetModel.AvgCost)}"]);
        }
    }

    private void Verdicts(EvidencePack pack)
    {
        Line("## Verdicts");
        Table(["now", "verdict", "evidence", "threshold", "samples", "detail"],
            [.. pack.Migration.Verdicts.Select(v => new[] { Wire.Name(v.Guardrail), Wire.Name(v.Verdict), Number(v.Evidence), Number(v.Threshold), Number(v.Samples), v.Detail })]);
        Table(["when", "guardrail", "from", "to", "evidence", "threshold", "samples", "detail"],
            [.. pack.Verdicts.Select(v => new[] { At(v.At), v.Guardrail, v.From, v.To, Number(v.Evidence), Number(v.Threshold), Number(v.Samples), v.Detail })]);
    }

    private void Decisions(EvidencePack pack)
    {
        Line("## Decisions and approvals");
        Table(["when", "who", "what", "on target", "reason"],
            [.. pack.Decisions.Select(d => new[] { At(d.At), d.Actor, Wire.Name(d.What), Percent(d.Weight), d.Reason })]);
    }

    private void Arms(EvidencePack pack)
    {
        Line("## Requests by outcome");
        var (s, t, m) = (pack.Source, pack.Target, pack.Migration.Metrics);
        Table(["outcome", $"source ({s.Model})", $"target ({t.Model})"],
            Both("requests", s.Requests, t.Requests), Both("successes", s.Successes, t.Successes), Both("own failures", s.Failures, t.Failures),
            Both("of these broken streams", s.BrokenStreams, t.BrokenStreams), Both("both failed", s.OutageBoth, t.OutageBoth), Both("fault of the caller", s.ClientFaults, t.ClientFaults), Both("rate limited", s.RateLimited, t.RateLimited),
            Both("content policy", s.Policy, t.Policy), Both("caller hung up, or the gateway was stopped", s.Cancelled, t.Cancelled), Both("answered by the source instead", s.Fallbacks, t.Fallbacks),
            ["error rate", Share(m.SourceErrorRate), Share(m.TargetErrorRate)], ["p50, ms", Number(m.SourceLatencyP50), Number(m.TargetLatencyP50)],
            ["p99, ms", Number(m.SourceLatencyP99), Number(m.TargetLatencyP99)], ["mean quality", Number(m.SourceQuality), Number(m.TargetQuality)]);
        Line("## Cost");
        Table(["what", "source", "target"],
            Both("input tokens", s.InputTokens, t.InputTokens), Both("output tokens", s.OutputTokens, t.OutputTokens),
            ["USD", Money(s.Cost), Money(t.Cost)], Both("requests of unknown price, not in it", s.UnpricedRequests, t.UnpricedRequests));
    }

    private void Rollbacks(EvidencePack pack)
    {
        Line("## Rollback");
        if (pack.Rollbacks.Count == 0)
        {
            Line("It was not rolled back.");
        }

        foreach (var r in pack.Rollbacks)
        {
            Table(["what", "value"],
                ["when", At(r.At)], ["who", r.Automatic ? "Gateflow, by itself" : r.Actor], ["reason", r.Reason], ["guardrail", r.Guardrail],
                ["evidence", r.Evidence is null ? null : $"{Number(r.Evidence)} of {Number(r.Threshold)}"], ["traffic then", Percent(r.TrafficAtRollback)],
                ["detected after", r.DetectionRequests is null ? null : $"{Number(r.DetectionRequests)} target requests, {Number(r.DetectionSeconds)} s"],
                ["in effect after, ms", Number(r.EffectMs)]);
        }
    }

    private void Drills(EvidencePack pack)
    {
        Line("## Drills");
        Table(["when", "who", "what", "result"],
            [.. pack.Drills.Select(d => new[] { d["at"]!.GetValue<string>(), d["actor"]!.GetValue<string>(), d["kind"]!.GetValue<string>(), d["sentence"]!.GetValue<string>() })]);
    }

    private void Messages(EvidencePack pack)
    {
        Line("## Messages to webhooks");
        Table(["when", "what", "status", "attempts", "delivered"],
            [.. pack.Messages.Select(d => new[] { At(d.At), d.Event, Wire.Name(d.Status), Number(d.Attempts), At(d.DeliveredAt) })]);
    }

    private void Timeline(EvidencePack pack)
    {
        Line("## Timeline");
        Table(["when", "who", "what", "data"], [.. pack.Timeline.Select(e => new[] { At(e.At), e.Actor, Wire.Name(e.Type), e.Data.ToJsonString(JsonColumn.Options) })]);
    }

    private void Samples(EvidencePack pack)
    {
        Line("## Stored requests of the tests");
        Table(["test", "request", "SHA-256 of its body"], [.. pack.Tests.SelectMany(t => t.Samples.Select(s => new[] { t.Test.TestId, s.SampleId, s.Sha256 }))]);
    }

    private void Line(string text) => _text.Append(text).Append("\n\n");

    private void Table(string[] head, params string?[][] rows)
    {
        if (rows.Length == 0)
        {
            Line("None.");
            return;
        }

        Row(head);
        _text.Append('|').Insert(_text.Length, "---|", head.Length).Append('\n');
        foreach (var row in rows)
        {
            Row(row);
        }

        _text.Append('\n');
    }

    private void Row(string?[] cells) => _text.Append("| ").AppendJoin(" | ", cells.Select(c => string.IsNullOrEmpty(c) ? "—" : Safe(c))).Append(" |\n");

    /// <summary>Text that can neither end its cell nor become markup.</summary>
    private static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\\' or '|' or '`' or '*' or '_' or '<' or '>' or '[' or ']' or '#' or '&' or '~')
            {
                safe.Append('\\');
            }

            safe.Append(char.IsControl(c) ? ' ' : c);
        }

        return safe.ToString();
    }

    private static string?[] Both(string what, long source, long target) => [what, Number(source), Number(target)];

    private static string? At(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string? Number(double? number) => number?.ToString("#,0.###", CultureInfo.InvariantCulture);

    private static string? Number(long? number) => number?.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Money(decimal? money) => money?.ToString("0.00####", CultureInfo.InvariantCulture) ?? "unknown";

    private static string? Percent(double? percent) => percent is null ? null : Number(percent) + " %";

    private static string? Share(double? share) => Percent(share * 100);
}
