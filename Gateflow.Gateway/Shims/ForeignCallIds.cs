using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Translation;
using static Gateflow.Gateway.Shims.BodyNodes;

namespace Gateflow.Gateway.Shims;

/// <summary>
/// Ids of calls that another provider gave, in a form that this one refuses. Each gets one that stands for it, the same wherever it stands, so that calls and results stay pairs
/// and a conversation reads the same at every turn.
/// </summary>
internal static class ForeignCallIds
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int MistralLength = 9, HexLength = 32;

    /// <summary>What the provider of a model refuses of ids that stand in its JSON; nothing where its writer gives them their form.</summary>
    /// <param name="dialect">Whose JSON it is.</param>
    /// <param name="type">The kind of provider.</param>
    /// <param name="vendor">The catalog's provider of the model.</param>
    public static CallIdFaults RefusedBy(Dialect dialect, ProviderType type, string vendor) => dialect switch
    {
        Dialect.Messages => CallIdFaults.Odd,
        Dialect.Chat when vendor == "mistral" => CallIdFaults.NotNine,
        Dialect.Chat when type is ProviderType.OpenAI or ProviderType.AzureOpenAI => CallIdFaults.Long,
        Dialect.Responses when type is ProviderType.OpenAI or ProviderType.AzureOpenAI => CallIdFaults.VeryLong,
        _ => CallIdFaults.None,
    };

    /// <summary>Replaces the ids with a fault that the provider refuses.</summary>
    public static void Replace(JsonObject body, Dialect dialect, CallIdFaults refused, ShimNotes notes)
    {
        foreach (var (holder, name) in refused == CallIdFaults.None ? [] : Places(body, dialect))
        {
            if (Text(holder[name]) is { } id && (CallIds.FaultsOf(Encoding.UTF8.GetBytes(id)) & refused) != 0)
            {
                holder[name] = StandIn(id, refused);
                notes.Mapped("tool_calls.id", "sha256");
            }
        }
    }

    private static IEnumerable<(JsonObject Holder, string Name)> Places(JsonObject body, Dialect dialect) => dialect switch
    {
        Dialect.Chat => Objects(body["messages"]).SelectMany(static message => Objects(message["tool_calls"]).Select(static call => (call, "id")).Append((message, "tool_call_id"))),
        Dialect.Responses => Objects(body["input"]).Select(static item => (item, "call_id")),
        Dialect.Messages => Objects(body["messages"]).SelectMany(static turn => Objects(turn["content"])).SelectMany(static block => new[] { (block, "id"), (block, "tool_use_id") }),
        _ => [],
    };

    private static string StandIn(string id, CallIdFaults refused)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return refused == CallIdFaults.NotNine
            ? string.Concat(hash.Take(MistralLength).Select(static part => Alphabet[part % Alphabet.Length]))
            : $"call_{Convert.ToHexStringLower(hash)[..HexLength]}";
    }
}
