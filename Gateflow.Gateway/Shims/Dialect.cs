using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Shims;

/// <summary>How a provider's JSON names its parameters.</summary>
internal enum Dialect : byte
{
    Chat,
    Responses,
    Messages,
    Gemini,
    Bedrock,
}

/// <summary>Where a parameter stands: at the top, or in an object that does.</summary>
internal readonly record struct ParameterPath(string? Parent, string Name);

/// <summary>Where the parameters that rules name by OpenAI's words stand in each dialect.</summary>
internal static class Dialects
{
    private static readonly Dictionary<string, string> Gemini = new(StringComparer.Ordinal)
    {
        ["max_tokens"] = "maxOutputTokens",
        ["temperature"] = "temperature",
        ["top_p"] = "topP",
        ["top_k"] = "topK",
        ["stop"] = "stopSequences",
        ["presence_penalty"] = "presencePenalty",
        ["frequency_penalty"] = "frequencyPenalty",
        ["seed"] = "seed",
        ["logprobs"] = "responseLogprobs",
        ["top_logprobs"] = "logprobs",
    };

    private static readonly Dictionary<string, string> Bedrock = new(StringComparer.Ordinal)
    {
        ["max_tokens"] = "maxTokens",
        ["temperature"] = "temperature",
        ["top_p"] = "topP",
        ["stop"] = "stopSequences",
    };

    public static Dialect Of(IProviderAdapter adapter, ProviderType type) => adapter.Native switch
    {
        Protocol.Responses => Dialect.Responses,
        Protocol.Messages => Dialect.Messages,
        null when type == ProviderType.Bedrock => Dialect.Bedrock,
        null => Dialect.Gemini,
        _ => Dialect.Chat,
    };

    /// <summary>Null when the dialect has no such parameter, or says it in a way that rules do not touch.</summary>
    public static ParameterPath? PathOf(Dialect dialect, string name) => dialect switch
    {
        Dialect.Chat => new ParameterPath(null, name),
        Dialect.Responses => name switch
        {
            "reasoning_effort" => new ParameterPath("reasoning", "effort"),
            "max_tokens" => new ParameterPath(null, "max_output_tokens"),
            "temperature" or "top_p" or "top_logprobs" or "parallel_tool_calls" => new ParameterPath(null, name),
            _ => null,
        },
        Dialect.Messages => name switch
        {
            "reasoning_effort" => new ParameterPath("output_config", "effort"),
            "stop" => new ParameterPath(null, "stop_sequences"),
            "max_tokens" or "temperature" or "top_p" or "top_k" or "thinking" => new ParameterPath(null, name),
            _ => null,
        },
        Dialect.Gemini => Gemini.TryGetValue(name, out var own) ? new ParameterPath("generationConfig", own) : null,
        Dialect.Bedrock when name is "top_k" or "thinking" => new ParameterPath("additionalModelRequestFields", name),
        Dialect.Bedrock => Bedrock.TryGetValue(name, out var own) ? new ParameterPath("inferenceConfig", own) : null,
        _ => null,
    };
}
