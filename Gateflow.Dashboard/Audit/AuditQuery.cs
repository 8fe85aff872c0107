using System.Globalization;
using Gateflow.Core.Audit;
using Gateflow.Core.Migrations;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateflow.Dashboard.Audit;

/// <summary>Which entries of the audit log are asked for, as it stands in the address of the page, of its CSV and of the API.</summary>
public sealed record AuditQuery
{
    private const int Longest = 200;

    /// <summary>Name or id of who did it.</summary>
    public string? Actor { get; init; }

    /// <summary>"api_key.update", or a subject with all its verbs: "api_key".</summary>
    public string? Action { get; init; }

    /// <summary>Id of what it was done to.</summary>
    public string? Target { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Excluded.</summary>
    public DateTimeOffset? To { get; init; }

    public bool IsNarrow => (Actor ?? Action ?? Target) is not null || From is not null || To is not null;

    /// <summary>From the address; every value that does not fit is a fault.</summary>
    public static (AuditQuery Query, IReadOnlyList<Fault> Faults) Parse(string? actor, string? action, string? target, string? from, string? to)
    {
        List<Fault> faults = [];
        return (new AuditQuery { Actor = Text("actor", actor), Action = Text("action", action), Target = Text("target", target), From = Instant("from", from), To = Instant("to", to) }, faults);

        string? Text(string name, string? value)
        {
            if (value?.Length > Longest)
            {
                faults.Add(new Fault(name, $"{name} may have at most {Longest} characters."));
            }

            return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
        }

        DateTimeOffset? Instant(string name, string? value)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                return null;
            }

            if (DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                return at.ToUniversalTime();
            }

            faults.Add(new Fault(name, $"{name} must be an instant or a day, e.g. 2026-11-28T09:30:00Z or 2026-11-28."));
            return null;
        }
    }

    public IQueryable<AuditEntry> Of(IQueryable<AuditEntry> entries)
    {
        if (Actor is { } actor)
        {
            entries = entries.Where(e => e.Actor == actor || e.ActorId == actor);
        }

        if (Action is { } action)
        {
            var subject = action + ".";
            entries = entries.Where(e => e.Action == action || e.Action.StartsWith(subject));
        }

        if (Target is { } target)
        {
            entries = entries.Where(e => e.Target == target);
        }

        if (From is { } from)
        {
            entries = entries.Where(e => e.At >= from);
        }

        return To is { } to ? entries.Where(e => e.At < to) : entries;
    }

    /// <summary>An address with this query.</summary>
    public string Address(string path, long? cursor = null) => QueryHelpers.AddQueryString(path, new Dictionary<string, string?>
    {
        ["actor"] = Actor,
        ["action"] = Action,
        ["target"] = Target,
        ["from"] = Written(From),
        ["to"] = Written(To),
        ["cursor"] = cursor?.ToString(CultureInfo.InvariantCulture),
    }.Where(p => p.Value is not null));

    private static string? Written(DateTimeOffset? at) => at?.ToString(at.Value.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
