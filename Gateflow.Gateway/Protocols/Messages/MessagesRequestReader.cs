using System.Collections.Frozen;
using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Reads a message's request whole, for a provider of another protocol.</summary>
internal static class MessagesRequestReader
{
    /// <summary>What has a place of its own in a <see cref="ModelRequest"/>, or is the gateway's own.</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
        [
            "model", "messages", "gateflow", "stream", "system", "max_tokens", "temperature", "top_p", "top_k", "stop_sequences", "tools", "tool_choice",
            "thinking", "output_config", "output_format", "metadata", "service_tier",
        ],
        StringComparer.Ordinal);

    /// <exception cref="NotCarriedException">A field has a form that the protocol does not know.</exception>
    public static ModelRequest Read(ReadOnlySpan<byte> body)
    {
        var root = RequestField.Root(body);
        var others = new Dictionary<string, JsonElement>(root.Members(static name => !Known.Contains(name)), StringComparer.Ordinal);
        var output = root.Find("output_config");
        return new ModelRequest
        {
            Messages = MessagesRequestTurns.Read(root.Find("system"), root.Need("messages")),
            Stream = root.Find("stream")?.Flag() ?? false,
            MaxTokens = root.Need("max_tokens").Count(least: 1),
            Temperature = root.Find("temperature")?.Number(),
            TopP = root.Find("top_p")?.Number(),
            TopK = root.Find("top_k")?.Count(),
            Stop = [.. root.Find("stop_sequences")?.Items().Select(static item => item.Text()) ?? []],
            Tools = MessagesRequestTools.Read(root.Find("tools"), others),
            ToolChoice = MessagesRequestTools.Choice(root.Find("tool_choice")),
            ParallelToolCalls = MessagesRequestTools.Parallel(root.Find("tool_choice")),
            Format = MessagesRequestSettings.Format(output?.Find("format") ?? root.Find("output_format")),
            Reasoning = MessagesRequestSettings.Reasoning(root.Find("thinking"), output),
            User = MessagesRequestSettings.User(root.Find("metadata")),
            ServiceTier = root.Find("service_tier")?.Text(),
            Others = others,
        };
    }
}
