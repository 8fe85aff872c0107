using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>Which rollbacks of the history are looked at; it stands in the address of the page and of its CSV.</summary>
/// <param name="Days">Only the last so many days; null for all.</param>
/// <param name="Model">Source or target; null for any.</param>
/// <param name="Cause">A guardrail's wire name, <see cref="ByPerson"/>, or null for any.</param>
/// <param name="Feature">One that the migration was limited to; null for any.</param>
public sealed record RollbackFilter(int? Days = null, string? Model = null, string? Cause = null, string? Feature = null)
{
    /// <summary>The cause of a rollback that a person asked for.</summary>
    public const string ByPerson = "person";

    /// <summary>From the address; what does not fit there filters nothing.</summary>
    public static RollbackFilter Parse(string? period, string? model, string? cause, string? feature = null) => new(
        period is "30" or "90" or "365" ? int.Parse(period, System.Globalization.CultureInfo.InvariantCulture) : null,
        string.IsNullOrEmpty(model) ? null : model,
        string.IsNullOrEmpty(cause) ? null : cause,
        string.IsNullOrEmpty(feature) ? null : feature);

    public static string CauseOf(RollbackView rollback)
    {
        ArgumentNullException.ThrowIfNull(rollback);
        return rollback.Guardrail ?? ByPerson;
    }

    public bool Takes(RollbackView rollback, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rollback);
        return (Days is not { } days || rollback.At > now.AddDays(-days))
            && (Model is null || Model == rollback.SourceModel || Model == rollback.TargetModel)
            && (Feature is null || rollback.Features.Contains(Feature, StringComparer.Ordinal))
            && (Cause is null || Cause == CauseOf(rollback));
    }

    /// <summary>The query part of the address, "?period=90&amp;model=gpt-4"; empty without a filter.</summary>
    public string Query
    {
        get
        {
            List<string> parts = [];
            Add("period", Days?.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Add("model", Model);
            Add("feature", Feature);
            Add("cause", Cause);
            return parts.Count == 0 ? "" : "?" + string.Join('&', parts);

            void Add(string name, string? value)
            {
                if (value is not null)
                {
                    parts.Add($"{name}={Uri.EscapeDataString(value)}");
                }
            }
        }
    }
}
