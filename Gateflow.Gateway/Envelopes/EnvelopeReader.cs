using System.Text.Json;
using System.Text.Unicode;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Envelopes;

/// <summary>
/// Reads the envelope of a chat completion in one pass over the body's bytes. Of a property that stands twice the last one
/// counts, as in System.Text.Json; every <c>model</c> is replaced, so that a provider that takes the first is not misled.
/// </summary>
internal static class EnvelopeReader
{
    private const int MaxEdits = 16;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    private static readonly byte[] UsageProperty = [.. "\"stream_options\":{\"include_usage\":true},"u8];
    private static readonly byte[] UsageObject = [.. "{\"include_usage\":true}"u8];
    private static readonly byte[] UsageMember = [.. "\"include_usage\":true"u8];
    private static readonly byte[] UsageFirstMember = [.. "\"include_usage\":true,"u8];
    private static readonly byte[] True = [.. "true"u8];

    /// <summary>Fills <paramref name="envelope"/>; the error when the body cannot be forwarded, else null. Never throws for any input.</summary>
    public static GatewayError? Read(ReadOnlySpan<byte> body, Envelope envelope)
    {
        if (!Utf8.IsValid(body))
        {
            return GatewayError.InvalidJson("The body is not valid UTF-8.");
        }

        var reader = new Utf8JsonReader(body, Options);
        try
        {
            return ReadRoot(ref reader, body, envelope);
        }
        catch (JsonException fault)
        {
            return GatewayError.InvalidJson(
                $"The body is not valid JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1} (deepest nesting allowed: {Options.MaxDepth}).");
        }
        catch (InvalidOperationException)
        {
            return GatewayError.InvalidJson($"The body is not valid JSON: half a surrogate pair near byte {reader.TokenStartIndex + 1}.");
        }
    }

    private static GatewayError? ReadRoot(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return GatewayError.InvalidJson("The body must be a JSON object.");
        }

        var afterBrace = (int)reader.BytesConsumed;
        var (keptEnd, messages, options) = (-1, false, false);
        envelope.Set(Capabilities.Chat, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            GatewayError? fault;
            if (reader.ValueTextEquals("messages"u8))
            {
                messages = true;
                fault = MessagesReader.Read(ref reader, body, envelope);
            }
            else if (reader.ValueTextEquals("gateflow"u8))
            {
                fault = ExtrasReader.Read(ref reader, envelope);
                Cut(body, envelope, keptEnd, nameStart, (int)reader.BytesConsumed);
                if (fault is null)
                {
                    continue;
                }
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                fault = ReadModel(ref reader, envelope);
            }
            else if (reader.ValueTextEquals("stream_options"u8))
            {
                options = true;
                ReadStreamOptions(ref reader, envelope);
                fault = null;
            }
            else
            {
                ParameterReader.Read(ref reader, envelope);
                fault = null;
            }

            if (fault is not null)
            {
                return fault;
            }

            keptEnd = (int)reader.BytesConsumed;
        }

        while (reader.Read())
        {
            // anything after the object is refused by the reader
        }

        if (!options)
        {
            envelope.Edits.Add(new BodyEdit(afterBrace, 0, EditKind.Usage, UsageProperty));
        }

        envelope.Set(Capabilities.Streaming, envelope.Stream);
        return envelope.Model.Length == 0 ? GatewayError.Missing("model")
            : !messages ? GatewayError.Missing("messages")
            : envelope.Edits.Count > MaxEdits ? GatewayError.InvalidJson("The same property stands in the body too often.")
            : null;
    }

    private static GatewayError? ReadModel(ref Utf8JsonReader reader, Envelope envelope)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return GatewayError.Missing("model");
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return GatewayError.Invalid("model", "a string");
        }

        envelope.Model = reader.GetString()!;
        envelope.Edits.Add(new BodyEdit((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex), EditKind.Model));
        return null;
    }

    private static void ReadStreamOptions(ref Utf8JsonReader reader, Envelope envelope)
    {
        reader.Read();
        envelope.IncludeUsage = false;
        envelope.Edits.RemoveAll(static edit => edit.Kind == EditKind.Usage);
        var (start, inside) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            envelope.Edits.Add(new BodyEdit(start, (int)reader.BytesConsumed - start, EditKind.Usage, UsageObject));
            return;
        }

        var (empty, asked) = (true, default(BodyEdit?));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            empty = false;
            var isUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            var valueStart = (int)reader.TokenStartIndex;
            var on = reader.TokenType == JsonTokenType.True;
            reader.Skip();
            if (isUsage)
            {
                envelope.IncludeUsage = on;
                asked = new BodyEdit(valueStart, (int)reader.BytesConsumed - valueStart, EditKind.Usage, True);
            }
        }

        envelope.Edits.Add(asked ?? new BodyEdit(inside, 0, EditKind.Usage, empty ? UsageMember : UsageFirstMember));
    }

    /// <summary>Takes a property out together with the comma after it, or with the one before it when it is the last.</summary>
    private static void Cut(ReadOnlySpan<byte> body, Envelope envelope, int keptEnd, int nameStart, int valueEnd)
    {
        var next = valueEnd;
        while (next < body.Length && body[next] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            next++;
        }

        if (next < body.Length && body[next] == (byte)',')
        {
            envelope.Edits.Add(new BodyEdit(nameStart, next + 1 - nameStart, EditKind.Cut));
            return;
        }

        var start = keptEnd < 0 ? nameStart : keptEnd;
        envelope.Edits.RemoveAll(edit => edit.Kind == EditKind.Cut && edit.Start >= start); // repeated just before: within this cut
        envelope.Edits.Add(new BodyEdit(start, valueEnd - start, EditKind.Cut));
    }
}
