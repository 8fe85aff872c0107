using System.Globalization;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
using Microsoft.AspNetCore.Mvc;

namespace Gateflow.Dashboard.Usage;

/// <summary>Which usage an analysis is asked about, as it stands in the address.</summary>
public sealed record AnalyticsQuery
{
    /// <summary>"30d" or "24h" up to now; by default 30 days. Given with neither from nor to.</summary>
    [FromQuery(Name = "period")]
    public string? Period { get; init; }

    /// <summary>ISO 8601; the hour it lies in counts whole.</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>ISO 8601, exclusive; by default now.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    /// <summary>A model that answered.</summary>
    [FromQuery(Name = "model")]
    public string? Model { get; init; }

    /// <summary>An API key's id.</summary>
    [FromQuery(Name = "key")]
    public string? Key { get; init; }

    /// <summary>A feature's name; empty for requests of none.</summary>
    [FromQuery(Name = "feature")]
    public string? Feature { get; init; }

    /// <summary>Longest period, days.</summary>
    public const int MostDays = 400;

    /// <summary>The slice that is meant, or what is wrong.</summary>
    public Result<UsageSlice> Slice(DateTimeOffset now)
    {
        if (Period is not null && (From ?? To) is not null)
        {
            return Refusal.Invalid("period", "Give either period or from and to.");
        }

        var length = TimeSpan.FromDays(30);
        if (Period is not null && !TryPeriod(Period, out length))
        {
            return Refusal.Invalid("period", "period is hours or days up to now, e.g. 24h or 30d.");
        }

        var (from, to) = (now - length, now);
        if (To is not null && !TryInstant(To, out to))
        {
            return Refusal.Invalid("to", "to is no time. Use ISO 8601, e.g. 2026-11-24T14:00:00Z.");
        }

        from = To is null ? from : to - length;
        if (From is not null && !TryInstant(From, out from))
        {
            return Refusal.Invalid("from", "from is no time. Use ISO 8601, e.g. 2026-11-24T14:00:00Z.");
        }

        return from >= to ? Refusal.Invalid("to", "to must be later than from.")
            : to - from > TimeSpan.FromDays(MostDays) ? Refusal.Invalid("from", string.Create(CultureInfo.InvariantCulture, $"The period may be at most {MostDays} days."))
            : new UsageSlice(from, to) { Model = Model, Key = Key, Feature = Feature };
    }

    private static bool TryPeriod(string text, out TimeSpan length)
    {
        length = default;
        if (text.Length is < 2 or > 6 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return false;
        }

        length = text[^1] switch { 'h' => TimeSpan.FromHours(count), 'd' => TimeSpan.FromDays(count), _ => default };
        return length > TimeSpan.Zero;
    }

    private static bool TryInstant(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at) && at.Year > 2000;
}
