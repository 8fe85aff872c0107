using System.Globalization;
using Gateflow.Core;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Logs;

/// <summary>What kind of entry a logged request is; each is exactly one.</summary>
public enum RequestEvent
{
    /// <summary>Another model than the chosen one answered.</summary>
    FallbackActivated,
    RequestCompleted,

    /// <summary>Neither of the others: it failed, was refused, or the caller hung up.</summary>
    RequestFailed,
}

/// <summary>Which logged requests are looked at: a <see cref="LogQuery"/> that was understood.</summary>
public sealed record LogFilter
{
    /// <summary>Longest text that is looked for: nothing stored is longer.</summary>
    private const int MostCharacters = 200;

    /// <summary>What usage counts as an error, for the word <c>error</c>.</summary>
    private static readonly IReadOnlyList<OutcomeKind> ModelErrors = [.. Enum.GetValues<OutcomeKind>().Where(k => k.IsModelError())];

    private List<int> Codes { get; init; } = [];

    /// <summary>Hundreds: 5 for every 5xx.</summary>
    private List<int> Classes { get; init; } = [];

    private List<OutcomeKind> Outcomes { get; init; } = [];

    private bool Failed { get; init; }

    private RequestEvent? Event { get; init; }

    private Arm? Arm { get; init; }

    private Capabilities Capability { get; init; }

    private long? MinContext { get; init; }

    private LogQuery Query { get; init; } = new();

    /// <summary>Inclusive; null for all that is kept.</summary>
    public DateTimeOffset? From { get; private init; }

    /// <summary>Exclusive; null for no end.</summary>
    public DateTimeOffset? To { get; private init; }

    /// <summary>The filter that a query asks for, or everything that is wrong with it.</summary>
    public static Result<LogFilter> Parse(LogQuery query, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(query);
        List<Fault> faults = [];
        foreach (var (name, text) in new[] { ("model", query.Model), ("migration", query.Migration), ("key", query.Key), ("feature", query.Feature), ("status", query.Status) })
        {
            if (text?.Length > MostCharacters)
            {
                faults.Add(new Fault(name, $"{name} may have at most {MostCharacters} characters."));
            }
        }

        var filter = Statuses(query.Status, faults) with
        {
            Query = query,
            Event = Named<RequestEvent>("event_type", query.EventType, faults),
            Arm = Named<Arm>("arm", query.Arm, faults),
            Capability = Used(query.Capability, faults),
            MinContext = Tokens(query.MinContext, faults),
            From = Instant("from", query.From, faults) ?? Since(query.Period, now, faults),
            To = Instant("to", query.To, faults),
        };
        if (filter.From >= filter.To)
        {
            faults.Add(new Fault("to", "to must be later than from."));
        }

        return faults.Count == 0 ? filter : Refusal.Invalid(faults[0].Param, faults[0].Message) with { Faults = faults };
    }

    /// <summary>Narrows logged requests down to these. Rare outcomes are looked for along the index of time: fine at hundreds of thousands of rows, slow at tens of millions.</summary>
    public IQueryable<RequestRow> Apply(IQueryable<RequestRow> rows)
    {
        rows = Event switch
        {
            RequestEvent.FallbackActivated => rows.Where(r => r.FallbackReason != null),
            RequestEvent.RequestCompleted => rows.Where(r => r.Outcome == OutcomeKind.Success && r.FallbackReason == null),
            RequestEvent.RequestFailed => rows.Where(r => r.Outcome != OutcomeKind.Success && r.FallbackReason == null),
            _ => rows,
        };
        if (Codes.Count + Classes.Count + Outcomes.Count > 0)
        {
            rows = rows.Where(r => Codes.Contains(r.Status) || Classes.Contains(r.Status / 100) || Outcomes.Contains(r.Outcome) || (Failed && r.Outcome != OutcomeKind.Success));
        }
        else if (Failed)
        {
            rows = rows.Where(r => r.Outcome != OutcomeKind.Success);
        }

        var (model, migration, key, feature) = (Query.Model, Query.Migration, Query.Key, Query.Feature);
        rows = model is null ? rows : rows.Where(r => r.Model == model || r.ServedModel == model);
        rows = migration is null ? rows : rows.Where(r => r.MigrationId == migration);
        rows = Arm is not { } arm ? rows : rows.Where(r => r.Arm == arm);
        rows = key is null ? rows : rows.Where(r => r.KeyId == key);
        rows = feature is null ? rows : rows.Where(r => r.Feature == feature);
        var capability = Capability;
        rows = capability == Capabilities.None ? rows : rows.Where(r => (r.Capabilities & capability) != 0);
        rows = MinContext is not { } least ? rows : rows.Where(r => (long)r.InputTokens + r.OutputTokens >= least);
        rows = From is not { } from ? rows : rows.Where(r => r.At >= from);
        return To is not { } to ? rows : rows.Where(r => r.At < to);
    }

    private static LogFilter Statuses(string? text, List<Fault> faults)
    {
        var (codes, classes, outcomes, failed) = (new List<int>(), new List<int>(), new List<OutcomeKind>(), false);
        foreach (var word in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (word == "failed")
            {
                failed = true;
            }
            else if (word == "error")
            {
                outcomes.AddRange(ModelErrors);
            }
            else if (Wire.TryParse<OutcomeKind>(word, out var outcome))
            {
                outcomes.Add(outcome);
            }
            else if (word is [>= '1' and <= '5' and var hundred, 'x', 'x'])
            {
                classes.Add(hundred - '0');
            }
            else if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 100 and <= 599)
            {
                codes.Add(code);
            }
            else
            {
                faults.Add(new Fault("status", $"'{Shortened(word)}' is no status. Use an HTTP status (429), a class (5xx), error, failed, or {Names<OutcomeKind>()}."));
            }
        }

        return new LogFilter { Codes = codes, Classes = classes, Outcomes = outcomes, Failed = failed };
    }

    private static T? Named<T>(string param, string? text, List<Fault> faults)
        where T : struct, Enum
    {
        if (text is null)
        {
            return null;
        }

        if (Wire.TryParse<T>(text, out var value))
        {
            return value;
        }

        faults.Add(new Fault(param, $"'{Shortened(text)}' is no {param}. Use {Names<T>()}."));
        return null;
    }

    private static Capabilities Used(string? name, List<Fault> faults)
    {
        if (!CapabilityNames.TryParse(name, out var flag) && name is not null)
        {
            faults.Add(new Fault("capability", $"'{Shortened(name)}' is no capability. Use {string.Join(", ", CapabilityNames.All.Select(CapabilityNames.Wire))}."));
        }

        return flag;
    }

    private static long? Tokens(string? text, List<Fault> faults)
    {
        if (text is null)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens))
        {
            return tokens;
        }

        faults.Add(new Fault("min_context", "min_context is a whole number of tokens."));
        return null;
    }

    private static DateTimeOffset? Instant(string param, string? text, List<Fault> faults)
    {
        if (text is null)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            return at;
        }

        faults.Add(new Fault(param, $"'{Shortened(text)}' is no time. Use ISO 8601, e.g. 2026-11-24T14:00:00Z."));
        return null;
    }

    private static DateTimeOffset? Since(string? period, DateTimeOffset now, List<Fault> faults)
    {
        if (period is null)
        {
            return null;
        }

        if (period.Length is > 1 and <= 4 && int.TryParse(period.AsSpan(0, period.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            switch (period[^1])
            {
                case 'm': return now.AddMinutes(-count);
                case 'h': return now.AddHours(-count);
                case 'd': return now.AddDays(-count);
            }
        }

        faults.Add(new Fault("period", $"'{Shortened(period)}' is no period. Use minutes, hours or days up to now: 15m, 24h, 7d."));
        return null;
    }

    private static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Wire.Name));

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
