using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>The envelope of a chat completion. A stream is always asked for its usage, which is hidden from a caller who did not want it.</summary>
internal sealed class ChatEnvelopeReader : EnvelopeReader
{
    public static readonly ChatEnvelopeReader Instance = new();

    private static readonly byte[] UsageProperty = [.. "\"stream_options\":{\"include_usage\":true},"u8];
    private static readonly byte[] UsageObject = [.. "{\"include_usage\":true}"u8];
    private static readonly byte[] UsageMember = [.. "\"include_usage\":true"u8];
    private static readonly byte[] UsageFirstMember = [.. "\"include_usage\":true,"u8];
    private static readonly byte[] True = [.. "true"u8];

    protected override ReadOnlySpan<byte> Input => "messages"u8;

    protected override Capabilities Kind => Capabilities.Chat;

    protected override GatewayError? ReadInput(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope) =>
        ChatMessagesReader.Read(ref reader, body, envelope);

    protected override void ReadParameter(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        if (reader.ValueTextEquals("stream_options"u8))
        {
            ReadStreamOptions(ref reader, envelope);
        }
        else
        {
            ChatParameterReader.Read(ref reader, envelope);
        }
    }

    protected override void Complete(Envelope envelope, int afterBrace)
    {
        if (!envelope.Edits.Exists(static edit => edit.Kind == EditKind.Usage))
        {
            envelope.Edits.Add(new BodyEdit(afterBrace, 0, EditKind.Usage, UsageProperty));
        }
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
}
