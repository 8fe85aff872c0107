using Gateflow.Core.Access;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Access;

/// <summary>Keys in words.</summary>
public static class KeyWords
{
    /// <summary>What a role may do: "call models".</summary>
    public static string May(Role role) => role switch
    {
        Role.Application => "call models",
        Role.Viewer => "call models, look",
        Role.Operator => "run migrations",
        _ => "do everything",
    };

    /// <summary>What limits a key, the nearest first: "600 requests/min", "$12.40 of $50.00 this month". Empty when nothing does.</summary>
    public static IReadOnlyList<string> Limits(KeyView key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var limits = key.RateLimits;
        List<string> words = [];
        Add(limits.Rpm, most => $"{Display.Number(most)} requests/min");
        Add(limits.Tpm, most => $"{Display.Compact(most)} tokens/min");
        Add(limits.DailyRequests, most => $"{Display.Number(key.Spent?.RequestsToday)} of {Display.Number(most)} today");
        if (limits.MonthlyCostUsd is { } usd)
        {
            words.Add($"{Display.Money(key.Spent?.CostThisMonthUsd)} of {Display.Money(usd)} this month");
        }

        Add(key.AllowedModels.Count, count => Display.Count(count, "model"));
        Add(key.AllowedIps.Count, count => Display.Count(count, "address range"));
        return words;

        void Add(long? number, Func<long, string> word)
        {
            if (number is > 0)
            {
                words.Add(word(number.Value));
            }
        }
    }

    /// <summary>What stops working when the key is revoked.</summary>
    /// <param name="key">The key.</param>
    /// <param name="own">True when the present session was opened with it.</param>
    public static ConfirmRequest Revoking(KeyView key, bool own)
    {
        ArgumentNullException.ThrowIfNull(key);
        var used = key.RequestsLast30Days == 0
            ? "It was not used in the last 30 days."
            : $"It sent {Display.Count(key.RequestsLast30Days, "request")} in the last 30 days{(key.Feature is null ? "" : $", for {key.Feature}")}.";
        List<string> facts = [used];
        if (key.Role > Role.Application)
        {
            facts.Add(own ? "You are signed in with it: your own session ends too." : "Whoever is signed in with it is signed out.");
        }

        facts.Add("A revoked key cannot be brought back; a new one can be made.");
        return new ConfirmRequest
        {
            Title = $"Revoke {key.Name}",
            Consequence = $"From the next request on, whatever sends {key.Prefix}…{key.Last4} is answered 401.",
            Facts = facts,
            Verb = "Revoke key",
            Danger = true,
        };
    }
}
