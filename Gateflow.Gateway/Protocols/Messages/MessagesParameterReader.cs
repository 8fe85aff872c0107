using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols.Chat;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Notes which parameters a message uses. What has the same name and meaning as in chat completions is read as there.</summary>
internal static class MessagesParameterReader
{
    /// <summary>Reads the property at which the reader stands, up to the end of its value.</summary>
    public static void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        if (reader.ValueTextEquals("system"u8))
        {
            reader.Read();
            var (start, given) = ((int)reader.TokenStartIndex, reader.TokenType != JsonTokenType.Null);
            MessagesBlockReader.ReadContent(ref reader, envelope);
            envelope.System = given ? StableHash.Of(body[start..(int)reader.BytesConsumed]) : 0;
            envelope.Add(Capabilities.SystemRole, given);
        }
        else if (reader.ValueTextEquals("tool_choice"u8))
        {
            reader.Read();
            ReadToolChoice(ref reader, envelope);
        }
        else if (reader.ValueTextEquals("thinking"u8))
        {
            reader.Read();
            var given = reader.TokenType == JsonTokenType.StartObject;
            var again = reader;
            var off = given && TypeIs(ref again, "disabled"u8);
            envelope.Add(Capabilities.ReasoningEffort, given && !off);
            envelope.Set(Capabilities.ThinkingOff, off);
            envelope.ThinksByBudget = given && TypeIs(ref reader, "enabled"u8);
            reader.Skip();
        }
        else if (reader.ValueTextEquals("output_config"u8))
        {
            reader.Read();
            ReadOutput(ref reader, envelope);
        }
        else if (reader.ValueTextEquals("output_format"u8))
        {
            reader.Read();
            envelope.Add(Capabilities.JsonSchema, reader.TokenType == JsonTokenType.StartObject);
            reader.Skip();
        }
        else if (reader.ValueTextEquals("cache_control"u8))
        {
            reader.Read();
            envelope.Add(Capabilities.PromptCaching, reader.TokenType == JsonTokenType.StartObject);
            reader.Skip();
        }
        else
        {
            ChatParameterReader.Read(ref reader, envelope);
        }
    }

    /// <summary><c>{type: auto | any | tool | none, name, disable_parallel_tool_use}</c>.</summary>
    private static void ReadToolChoice(ref Utf8JsonReader reader, Envelope envelope)
    {
        var forced = false;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var (isType, isParallel) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("disable_parallel_tool_use"u8));
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String)
                {
                    forced = reader.ValueTextEquals("any"u8) || reader.ValueTextEquals("tool"u8);
                }
                else if (isParallel)
                {
                    envelope.Add(Capabilities.ParallelToolsGiven, reader.TokenType != JsonTokenType.Null);
                    envelope.Add(Capabilities.ParallelTools, reader.TokenType == JsonTokenType.False);
                }

                reader.Skip();
            }
        }

        reader.Skip();
        envelope.Set(Capabilities.ForcedTool, forced);
    }

    /// <summary><c>{effort, format}</c>.</summary>
    private static void ReadOutput(ref Utf8JsonReader reader, Envelope envelope)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var (isEffort, isFormat) = (reader.ValueTextEquals("effort"u8), reader.ValueTextEquals("format"u8));
                reader.Read();
                envelope.Capabilities |= isEffort && reader.TokenType == JsonTokenType.String ? Capabilities.ReasoningEffort
                    : isFormat && reader.TokenType == JsonTokenType.StartObject ? Capabilities.JsonSchema
                    : Capabilities.None;
                reader.Skip();
            }
        }

        reader.Skip();
    }

    /// <summary>Reads the object at which the reader stands; true when its <c>type</c> is the one given.</summary>
    private static bool TypeIs(ref Utf8JsonReader reader, ReadOnlySpan<byte> type)
    {
        var found = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            found = isType ? reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(type) : found;
            reader.Skip();
        }

        return found;
    }
}
