using System.Collections.Frozen;

namespace Gateflow.Core.Catalog;

/// <summary>The wire name (snake_case) and the words for people of each <see cref="Capabilities"/> flag.</summary>
public static class CapabilityNames
{
    private static readonly (Capabilities Flag, string Name, string Words)[] Table =
    [
        (Capabilities.Chat, "chat", "chat"),
        (Capabilities.Completions, "completions", "legacy completions"),
        (Capabilities.Embeddings, "embeddings", "embeddings"),
        (Capabilities.Streaming, "streaming", "streaming"),
        (Capabilities.FunctionCalling, "function_calling", "function calling"),
        (Capabilities.ParallelTools, "parallel_tools", "parallel tool calls"),
        (Capabilities.ForcedTool, "forced_tool", "forced tool use"),
        (Capabilities.LegacyFunctions, "legacy_functions", "the functions parameter"),
        (Capabilities.Vision, "vision", "image input"),
        (Capabilities.AudioInput, "audio_input", "audio input"),
        (Capabilities.AudioOutput, "audio_output", "audio output"),
        (Capabilities.FileInput, "file_input", "file input"),
        (Capabilities.JsonMode, "json_mode", "JSON mode"),
        (Capabilities.JsonSchema, "json_schema", "JSON schema output"),
        (Capabilities.Logprobs, "logprobs", "log probabilities"),
        (Capabilities.MultipleChoices, "n", "several choices (n > 1)"),
        (Capabilities.Seed, "seed", "seed"),
        (Capabilities.Stop, "stop", "stop sequences"),
        (Capabilities.SystemRole, "system_role", "system messages"),
        (Capabilities.DeveloperRole, "developer_role", "developer messages"),
        (Capabilities.Prefill, "prefill", "assistant prefill"),
        (Capabilities.ReasoningEffort, "reasoning_effort", "reasoning effort"),
        (Capabilities.Temperature, "temperature", "temperature"),
        (Capabilities.TopP, "top_p", "top_p and top_k"),
        (Capabilities.LogitBias, "logit_bias", "logit bias"),
        (Capabilities.Penalties, "penalties", "presence and frequency penalties"),
        (Capabilities.MaxTokens, "max_tokens", "max_tokens"),
        (Capabilities.Metadata, "metadata", "user and metadata"),
        (Capabilities.PromptCaching, "prompt_caching", "prompt caching"),
        (Capabilities.TemperatureWithTopP, "temperature_with_top_p", "temperature together with top_p"),
        (Capabilities.ThinkingOff, "thinking_off", "thinking switched off"),
        (Capabilities.ResponsesApi, "responses_api", "the Responses API"),
        (Capabilities.MessagesApi, "messages_api", "the Messages API"),
        (Capabilities.SystemTurns, "system_turns", "system messages between turns"),
        (Capabilities.StoredState, "stored_state", "conversations that the provider stores"),
        (Capabilities.MessageNames, "message_names", "names of participants"),
        (Capabilities.ReasoningContent, "reasoning_content", "thoughts of earlier answers"),
        (Capabilities.ParallelToolsGiven, "parallel_tools_given", "the parameter for parallel tool calls"),
    ];

    private static readonly FrozenDictionary<string, Capabilities> ByName = Table.ToFrozenDictionary(x => x.Name, x => x.Flag, StringComparer.Ordinal);
    private static readonly FrozenDictionary<Capabilities, (string Name, string Words)> ByFlag = Table.ToFrozenDictionary(x => x.Flag, x => (x.Name, x.Words));

    /// <summary>Every single flag, in the order of their bits.</summary>
    public static IReadOnlyList<Capabilities> All { get; } = [.. Table.Select(x => x.Flag)];

    /// <summary>Wire name of one flag ("function_calling"); throws for none or several.</summary>
    public static string Wire(Capabilities flag) => Find(flag).Name;

    /// <summary>Words for people for one flag ("function calling"); throws for none or several.</summary>
    public static string Words(Capabilities flag) => Find(flag).Words;

    /// <summary>The flag of a wire name.</summary>
    public static bool TryParse(string? name, out Capabilities flag)
    {
        flag = Capabilities.None;
        return name is not null && ByName.TryGetValue(name, out flag);
    }

    /// <summary>The single flags within <paramref name="set"/>, in the order of their bits.</summary>
    public static IEnumerable<Capabilities> Split(Capabilities set) => All.Where(flag => (set & flag) != 0);

    /// <summary>The wire names of all flags within <paramref name="set"/>, in the order of their bits.</summary>
    public static IReadOnlyList<string> List(Capabilities set) => [.. Split(set).Select(Wire)];

    private static (string Name, string Words) Find(Capabilities flag) =>
        ByFlag.TryGetValue(flag, out var found) ? found : throw new ArgumentOutOfRangeException(nameof(flag), flag, "Not one single capability.");
}
