using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Reads messages, whole and as events. Kinds of events and blocks that are not known are passed over, as the protocol demands of its clients.</summary>
internal sealed class MessageAnswerParser : IAnswerParser
{
    private readonly MessageBlockParser _blocks = new();
    private int _fresh, _cached, _written;

    public bool TryReadEvent(ReadOnlySpan<byte> data, string? name, List<AnswerPart> parts)
    {
        if (AnswerElement.Parse(data) is not { } item || item.Text("type") is not { } type)
        {
            return false;
        }

        switch (type)
        {
            case "message_start":
                if (item.Find("message") is { } message)
                {
                    parts.Add(new Started(message.Text("id")));
                    ReadUsage(message, parts);
                }

                break;
            case "content_block_start" when item.Find("content_block") is { } block:
                _blocks.Start(item.Count("index") ?? 0, block, parts);
                break;
            case "content_block_delta" when item.Find("delta") is { } delta:
                _blocks.Add(item.Count("index") ?? 0, delta, parts);
                break;
            case "content_block_stop":
                _blocks.Stop(item.Count("index") ?? 0, parts);
                break;
            case "message_delta":
                ReadUsage(item, parts);
                ReadStop(item.Find("delta") ?? default, parts);
                break;
            case "error":
                parts.Add(new Failed(AnthropicErrors.ReadLate(item.Find("error") ?? default)));
                break;
        }

        return true;
    }

    public bool TryReadWhole(ReadOnlySpan<byte> json, List<AnswerPart> parts)
    {
        if (AnswerElement.Parse(json) is not { } message)
        {
            return false;
        }

        if (message.Find("error") is { } error)
        {
            parts.Add(new Failed(AnthropicErrors.ReadLate(error)));
            return true;
        }

        if (message.Find("content") is not { ValueKind: JsonValueKind.Array } content)
        {
            return false;
        }

        parts.Add(new Started(message.Text("id")));
        foreach (var (index, block) in content.EnumerateArray().Index())
        {
            _blocks.Start(index, block, parts);
            _blocks.Stop(index, parts);
        }

        ReadUsage(message, parts);
        ReadStop(message, parts);
        return true;
    }

    private static void ReadStop(JsonElement of, List<AnswerPart> parts)
    {
        if (of.Text("stop_reason") is { } reason)
        {
            parts.Add(new Finished(StopReasons.Of(reason), of.Text("stop_sequence")));
        }
    }

    /// <summary>Anthropic's <c>input_tokens</c> are those that the cache had no part in; the end of a stream may tell only some counts again.</summary>
    private void ReadUsage(JsonElement of, List<AnswerPart> parts)
    {
        if (of.Find("usage") is not { ValueKind: JsonValueKind.Object } usage)
        {
            return;
        }

        _fresh = usage.Count("input_tokens") ?? _fresh;
        _cached = usage.Count("cache_read_input_tokens") ?? _cached;
        _written = usage.Count("cache_creation_input_tokens") ?? _written;
        parts.Add(new Counted(
            (int)Math.Min(int.MaxValue, (long)_fresh + _cached + _written),
            _cached,
            _written,
            usage.Count("output_tokens"),
            usage.Find("output_tokens_details")?.Count("thinking_tokens"))
        {
            CacheWrittenForHour = usage.Find("cache_creation")?.Count("ephemeral_1h_input_tokens"),
        });
    }
}
