using System.Text.Json;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>The members of a response object that matter to facts: they come in any order and mean something together.</summary>
internal struct ResponseMembers
{
    private Status _status;
    private Finish _incomplete;

    /// <summary>Offset of the model's value; meaningful when <see cref="ModelLength"/> is not 0.</summary>
    public int ModelStart { get; private set; }

    public int ModelLength { get; private set; }

    /// <summary>Reads the object at whose first token the reader stands, up to its end; anything else is left for skipping.</summary>
    public void ReadObject(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            ReadMember(ref reader, facts);
            reader.Skip();
        }
    }

    /// <summary>Reads one member, at whose name the reader stands, up to its value or the end of it.</summary>
    public void ReadMember(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.ValueTextEquals("model"u8))
        {
            reader.Read();
            (ModelStart, ModelLength) = reader.TokenType == JsonTokenType.String
                ? ((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex))
                : (0, 0);
        }
        else if (reader.ValueTextEquals("status"u8))
        {
            reader.Read();
            _status = reader.TokenType == JsonTokenType.String ? StatusOf(ref reader) : Status.None;
        }
        else if (reader.ValueTextEquals("usage"u8))
        {
            reader.Read();
            ChatUsageReader.Read(ref reader, facts);
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            reader.Read();
            facts.HasError |= reader.TokenType != JsonTokenType.Null;
        }
        else if (reader.ValueTextEquals("incomplete_details"u8))
        {
            reader.Read();
            ReadReason(ref reader);
        }
        else if (reader.ValueTextEquals("output"u8))
        {
            reader.Read();
            if (facts.IsEmpty)
            {
                ResponsesOutputReader.Read(ref reader, facts);
            }
        }
        else
        {
            reader.Read();
        }
    }

    /// <summary>Tells the end, where there was one.</summary>
    /// <param name="isEvent">False for an answer that is not a stream.</param>
    public readonly void Conclude(AnswerFacts facts, bool isEvent)
    {
        switch (_status)
        {
            case Status.Completed:
                facts.Finish = facts.HasToolCalls ? Finish.ToolCalls : Finish.Stop;
                break;
            case Status.Incomplete:
                facts.Finish = _incomplete == Finish.None ? Finish.Other : _incomplete;
                break;
            case Status.Failed:
                (facts.Finish, facts.HasError) = (Finish.Other, true);
                break;
            case Status.Cancelled:
                facts.Finish = Finish.Other;
                break;
            case Status.Open when !isEvent:
                facts.ContentLength = Math.Max(facts.ContentLength, 1); // answered later, in the background: not an empty answer
                break;
        }
    }

    private void ReadReason(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isReason = reader.ValueTextEquals("reason"u8);
            reader.Read();
            if (isReason && reader.TokenType == JsonTokenType.String)
            {
                _incomplete = reader.ValueTextEquals("max_output_tokens"u8) ? Finish.Length
                    : reader.ValueTextEquals("content_filter"u8) ? Finish.ContentFilter
                    : Finish.Other;
            }

            reader.Skip();
        }
    }

    private static Status StatusOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("completed"u8) ? Status.Completed
        : reader.ValueTextEquals("incomplete"u8) ? Status.Incomplete
        : reader.ValueTextEquals("failed"u8) ? Status.Failed
        : reader.ValueTextEquals("cancelled"u8) ? Status.Cancelled
        : reader.ValueTextEquals("in_progress"u8) || reader.ValueTextEquals("queued"u8) ? Status.Open
        : Status.None;

    private enum Status : byte
    {
        None,
        Open,
        Completed,
        Incomplete,
        Failed,
        Cancelled,
    }
}
