using System.Text.Json;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>What Anthropic's <c>stop_reason</c> means.</summary>
internal static class StopReasons
{
    public static Finish Of(string? reason) => reason switch
    {
        "end_turn" or "stop_sequence" => Finish.Stop,
        "max_tokens" or "model_context_window_exceeded" => Finish.Length,
        "tool_use" => Finish.ToolCalls,
        "refusal" => Finish.ContentFilter,
        _ => Finish.Other,
    };

    /// <param name="reader">Stands at a string.</param>
    public static Finish Of(ref Utf8JsonReader reader) => reader.ValueTextEquals("end_turn"u8) ? Finish.Stop : Of(reader.GetString());
}
