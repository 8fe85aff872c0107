using System.Buffers;
using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Gemini;

/// <summary>A whole answer, and the object of Google that carries it or a piece of it.</summary>
internal sealed record GenerateAnswer
{
    private readonly string _responseId = Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public required GenerateRequest Request { get; init; }

    public required IReadOnlyList<Reply> Replies { get; init; }

    public required int CachedTokens { get; init; }

    public int Tokens => Replies.Sum(reply => reply.Tokens);

    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, SimulatorJson.Writer);
        json.WriteStartObject();
        json.WriteStartArray("candidates");
        foreach (var (index, reply) in Replies.Index())
        {
            var candidate = new Candidate(reply, Request);
            candidate.Write(json, index, [.. candidate.Parts], candidate.FinishReason);
        }

        json.WriteEndArray();
        WriteRest(json, whole: true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Usage and ids behind the candidates; what was generated is counted at the end only.</summary>
    public void WriteRest(Utf8JsonWriter json, bool whole)
    {
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", Request.PromptTokens);
        if (CachedTokens > 0)
        {
            json.WriteNumber("cachedContentTokenCount", CachedTokens);
        }

        var thoughts = Replies.Sum(reply => reply.ThoughtTokens);
        if (whole)
        {
            json.WriteNumber("candidatesTokenCount", Tokens - thoughts);
            if (thoughts > 0)
            {
                json.WriteNumber("thoughtsTokenCount", thoughts);
            }
        }

        json.WriteNumber("totalTokenCount", Request.PromptTokens + (whole ? Tokens : 0));
        json.WriteStartArray("promptTokensDetails");
        json.WriteStartObject();
        json.WriteString("modality", "TEXT");
        json.WriteNumber("tokenCount", Request.PromptTokens);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("modelVersion", Request.Model);
        json.WriteString("responseId", _responseId);
    }
}
