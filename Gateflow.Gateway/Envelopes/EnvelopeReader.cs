using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Envelopes;

/// <summary>
/// Reads the envelope of a request in one pass over the body's bytes; what stands in which field is its protocol's. Of a property that stands
/// twice the last one counts, as in System.Text.Json; every <c>model</c> is replaced, so that a provider that takes the first is not misled.
/// </summary>
internal abstract class EnvelopeReader
{
    private const int MaxEdits = 16;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Fills <paramref name="envelope"/>; the error when the body cannot be forwarded, else null. Never throws for any input.</summary>
    public GatewayError? Read(ReadOnlySpan<byte> body, Envelope envelope)
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

    /// <summary>The field that holds what the model is asked.</summary>
    protected abstract ReadOnlySpan<byte> Input { get; }

    /// <summary>Whether <see cref="Input"/> must be given.</summary>
    protected virtual bool NeedsInput => true;

    /// <summary>The kind of request.</summary>
    protected abstract Capabilities Kind { get; }

    /// <summary>Reads the value of <see cref="Input"/>, at whose name the reader stands, whole unless it returns an error.</summary>
    protected abstract GatewayError? ReadInput(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope);

    /// <summary>Reads any other property, at whose name the reader stands, up to the end of its value.</summary>
    protected abstract void ReadParameter(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope);

    /// <summary>Called once the whole object was read.</summary>
    /// <param name="afterBrace">Offset behind the object's opening brace.</param>
    protected virtual void Complete(Envelope envelope, int afterBrace)
    {
    }

    private GatewayError? ReadRoot(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return GatewayError.InvalidJson("The body must be a JSON object.");
        }

        var afterBrace = (int)reader.BytesConsumed;
        var (keptEnd, input) = (-1, false);
        envelope.Set(Kind, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            GatewayError? fault;
            if (reader.ValueTextEquals(Input))
            {
                input = true;
                fault = ReadInput(ref reader, body, envelope);
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
            else
            {
                var (isFormat, isTools) = Demands(reader.ValueSpan);
                ReadParameter(ref reader, body, envelope);
                var range = new BodyRange(nameStart, (int)reader.BytesConsumed - nameStart);
                envelope.Format = isFormat ? range : envelope.Format;
                envelope.Tools = isTools ? range : envelope.Tools;
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

        Complete(envelope, afterBrace);
        envelope.Set(Capabilities.Streaming, envelope.Stream);
        envelope.Set(Capabilities.TemperatureWithTopP, envelope.HasTopP && !float.IsNaN(envelope.Temperature));
        return envelope.Model.Length == 0 ? GatewayError.Missing("model")
            : !input && NeedsInput ? GatewayError.Missing(Encoding.UTF8.GetString(Input))
            : envelope.Edits.Count > MaxEdits ? GatewayError.InvalidJson("The same property stands in the body too often.")
            : null;
    }

    /// <summary>Whether a property says what form the answer must have, and whether it lists tools; in any protocol.</summary>
    private static (bool Format, bool Tools) Demands(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 => (name.SequenceEqual("text"u8), false),
        5 => (false, name.SequenceEqual("tools"u8)),
        9 => (false, name.SequenceEqual("functions"u8)),
        13 => (name.SequenceEqual("output_config"u8) || name.SequenceEqual("output_format"u8), false),
        15 => (name.SequenceEqual("response_format"u8), false),
        _ => default,
    };

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
