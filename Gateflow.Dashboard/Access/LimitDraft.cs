using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Limits;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Access;

/// <summary>The limits of a key as they are typed: empty for no limit, names and addresses separated by commas, blanks or lines.</summary>
public sealed class LimitDraft
{
    private static readonly char[] Separators = [',', ';', ' ', '\n', '\r', '\t'];

    public string? Rpm { get; set; }

    public string? Tpm { get; set; }

    public string? DailyRequests { get; set; }

    public string? MonthlyCost { get; set; }

    public string? Models { get; set; }

    public string? Addresses { get; set; }

    public IReadOnlyList<string> ModelList => Split(Models);

    public IReadOnlyList<string> AddressList => Split(Addresses);

    /// <summary>The limits of a key, to be changed.</summary>
    public static LimitDraft Of(KeyView key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var limits = key.RateLimits;
        return new LimitDraft
        {
            Rpm = limits.Rpm?.ToString(CultureInfo.InvariantCulture),
            Tpm = limits.Tpm?.ToString(CultureInfo.InvariantCulture),
            DailyRequests = limits.DailyRequests?.ToString(CultureInfo.InvariantCulture),
            MonthlyCost = limits.MonthlyCostUsd?.ToString(CultureInfo.InvariantCulture),
            Models = string.Join(", ", key.AllowedModels),
            Addresses = string.Join(", ", key.AllowedIps),
        };
    }

    /// <summary>The numbers, as far as they can be read; a text that is no number is a fault of its field.</summary>
    public KeyLimits Read(List<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        return new KeyLimits
        {
            Rpm = (int?)Whole(Rpm, "rate_limits.rpm", int.MaxValue, faults),
            Tpm = Whole(Tpm, "rate_limits.tpm", long.MaxValue, faults),
            DailyRequests = Whole(DailyRequests, "rate_limits.daily_requests", long.MaxValue, faults),
            MonthlyCostUsd = Money(faults),
        };
    }

    /// <summary>The PATCH that stores what was typed.</summary>
    public JsonObject Patch(List<Fault> faults)
    {
        var limits = Read(faults);
        return new JsonObject
        {
            ["allowed_models"] = new JsonArray([.. ModelList.Select(m => JsonValue.Create(m))]),
            ["allowed_ips"] = new JsonArray([.. AddressList.Select(a => JsonValue.Create(a))]),
            ["rate_limits"] = new JsonObject
            {
                ["rpm"] = limits.Rpm, ["tpm"] = limits.Tpm, ["daily_requests"] = limits.DailyRequests, ["monthly_cost_usd"] = limits.MonthlyCostUsd,
            },
        };
    }

    private static long? Whole(string? text, string field, long most, List<Fault> faults)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (NumberText.Whole(text) is { } number && number <= most)
        {
            return number;
        }

        faults.Add(new Fault(field, "Enter a whole number, or nothing for no limit."));
        return null;
    }

    private decimal? Money(List<Fault> faults)
    {
        if (string.IsNullOrWhiteSpace(MonthlyCost))
        {
            return null;
        }

        if (NumberText.Amount(MonthlyCost.Trim().TrimStart('$')) is { } usd)
        {
            return usd;
        }

        faults.Add(new Fault("rate_limits.monthly_cost_usd", "Enter an amount such as 50 or 12.50, or nothing for no limit."));
        return null;
    }

    private static string[] Split(string? text) =>
        (text ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
