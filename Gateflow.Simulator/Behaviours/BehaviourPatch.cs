using System.Text.Json;

namespace Gateflow.Simulator.Behaviours;

/// <summary>A partial update: fields that are absent stay, a field that is unknown or of the wrong type is a fault.</summary>
internal static class BehaviourPatch
{
    private delegate ModelBehaviour? Field(ModelBehaviour behaviour, JsonElement value);

    private static readonly Dictionary<string, (string Type, Field Apply)> Fields = new(StringComparer.Ordinal)
    {
        ["latency_ms"] = Number((b, x) => b with { LatencyMs = x }),
        ["latency_sigma"] = Number((b, x) => b with { LatencySigma = x }),
        ["error_rate"] = Number((b, x) => b with { ErrorRate = x }),
        ["error_status"] = Integer((b, x) => b with { ErrorStatus = x }),
        ["timeout_rate"] = Number((b, x) => b with { TimeoutRate = x }),
        ["broken_stream_rate"] = Number((b, x) => b with { BrokenStreamRate = x }),
        ["malformed_rate"] = Number((b, x) => b with { MalformedRate = x }),
        ["stream_error_rate"] = Number((b, x) => b with { StreamErrorRate = x }),
        ["tokens_per_second"] = Number((b, x) => b with { TokensPerSecond = x }),
        ["quality"] = Number((b, x) => b with { Quality = x }),
        ["min_answer_tokens"] = Integer((b, x) => b with { MinAnswerTokens = x }),
        ["max_answer_tokens"] = Integer((b, x) => b with { MaxAnswerTokens = x }),
        ["answers"] = ("a string or null", (b, v) => v.ValueKind switch
        {
            JsonValueKind.String => b with { Answers = v.GetString() },
            JsonValueKind.Null => b with { Answers = null },
            _ => null,
        }),
        ["exists"] = ("a boolean", (b, v) => v.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? b with { Exists = v.GetBoolean() }
            : null),
    };

    public static ModelBehaviour Apply(ModelBehaviour behaviour, JsonElement patch, List<BehaviourFault> faults)
    {
        foreach (var property in patch.EnumerateObject())
        {
            if (!Fields.TryGetValue(property.Name, out var field))
            {
                faults.Add(new BehaviourFault(property.Name, $"is unknown; known are {string.Join(", ", Fields.Keys)}"));
            }
            else if (field.Apply(behaviour, property.Value) is { } changed)
            {
                behaviour = changed;
            }
            else
            {
                faults.Add(new BehaviourFault(property.Name, $"must be {field.Type}"));
            }
        }

        faults.AddRange(BehaviourRules.Faults(behaviour));
        return behaviour;
    }

    private static (string, Field) Number(Func<ModelBehaviour, double, ModelBehaviour> apply) =>
        ("a number", (b, v) => v.ValueKind == JsonValueKind.Number && v.TryGetDouble(out var x) ? apply(b, x) : null);

    private static (string, Field) Integer(Func<ModelBehaviour, int, ModelBehaviour> apply) =>
        ("an integer", (b, v) => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out var x) ? apply(b, x) : null);
}
