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
