using System.Collections.Frozen;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>Reads a chat completion's request whole, for a provider of another protocol.</summary>
internal static class ChatRequestReader
{
    /// <summary>What has a place of its own in a <see cref="ModelRequest"/>, or is the gateway's and the stream's own.</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
        [
            "model", "messages", "gateflow", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop",
            "n", "seed", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "tools", "tool_choice",
            "parallel_tool_calls", "functions", "function_call", "response_format", "reasoning_effort", "user", "metadata", "verbosity", "service_tier",
        ],
        StringComparer.Ordinal);

    /// <exception cref="NotCarriedException">A field has a form that the protocol does not know.</exception>
    public static ModelRequest Read(ReadOnlySpan<byte> body)
    {
        var root = RequestField.Root(body);
        return new ModelRequest
        {
            Messages = ChatRequestMessages.Read(root.Need("messages")),
            Stream = root.Find("stream")?.Flag() ?? false,
            MaxTokens = (root.Find("max_completion_tokens") ?? root.Find("max_tokens"))?.Count(least: 1),
            Temperature = root.Find("temperature")?.Number(),
            TopP = root.Find("top_p")?.Number(),
            TopK = root.Find("top_k")?.Count(),
            Stop = ChatRequestSettings.Stop(root.Find("stop")),
            Choices = root.Find("n")?.Count(least: 1),
            Seed = root.Find("seed")?.Integer(),
            PresencePenalty = root.Find("presence_penalty")?.Number(),
            FrequencyPenalty = root.Find("frequency_penalty")?.Number(),
            LogitBias = root.Find("logit_bias")?.Object(),
            Logprobs = root.Find("logprobs")?.Flag() ?? false,
            TopLogprobs = root.Find("top_logprobs")?.Count(),
            Tools = ChatRequestTools.Read(root.Find("tools"), root.Find("functions")),
            ToolChoice = ChatRequestTools.Choice(root.Find("tool_choice")) ?? ChatRequestTools.LegacyChoice(root.Find("function_call")),
            LegacyFunctions = root.Find("functions") is not null && root.Find("tools") is null,
            ParallelToolCalls = root.Find("parallel_tool_calls")?.Flag(),
            Format = ChatRequestSettings.Format(root.Find("response_format")),
            Reasoning = root.Find("reasoning_effort")?.Text() is { } effort ? new Reasoning(effort, Enabled: effort != "none") : null,
            User = root.Find("user")?.Text(),
            Metadata = root.Find("metadata")?.Object(),
            Verbosity = root.Find("verbosity")?.Text(),
            ServiceTier = root.Find("service_tier")?.Text(),
            Others = root.Members(static name => !Known.Contains(name)),
        };
    }
}
