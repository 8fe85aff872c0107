using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Streaming;

namespace Gateflow.Simulator.Gemini;

/// <summary>An answer as the chunks of its stream: texts in pieces, calls whole, the finish together with the last part.</summary>
internal static class GenerateChunks
{
    private const int ChunkCharacters = 24;

    public static StreamScript Of(GenerateAnswer answer, Turn turn)
    {
        var chunks = answer.Replies.Index().SelectMany(reply => Chunks(new Candidate(reply.Item, answer.Request), reply.Index)).ToList();
        return new StreamScript(
            chunks.Select((chunk, index) => Event(answer, chunk, index == chunks.Count - 1)),
            chunks.Sum(chunk => chunk.Part?.Characters ?? 0),
            Failure(GeminiError.Simulated(turn.Entry.Behaviour.ErrorStatus)));
    }

    private static IEnumerable<Chunk> Chunks(Candidate candidate, int index)
    {
        var parts = candidate.Parts.SelectMany(Pieced).ToList();
        if (parts.Count == 0)
        {
            yield return new Chunk(candidate, index, null, candidate.FinishReason);
        }

        foreach (var (number, part) in parts.Index())
        {
            yield return new Chunk(candidate, index, part, number == parts.Count - 1 ? candidate.FinishReason : null);
        }
    }

    private static IEnumerable<AnswerPart> Pieced(AnswerPart part)
    {
        if (part.Call is not null)
        {
            yield return part;
            yield break;
        }

        for (var at = 0; at < part.Text.Length;)
        {
            var piece = Pieces.Several(part.Text.AsSpan(at), ChunkCharacters).ToString();
            at += piece.Length;
            yield return part with { Text = piece };
        }
    }

    private static StreamEvent Event(GenerateAnswer answer, Chunk chunk, bool last) => new(
        "message",
        json =>
        {
            json.WriteStartArray("candidates");
            chunk.Candidate.Write(json, chunk.Index, chunk.Part is { } part ? [part] : [], chunk.Finish);
            json.WriteEndArray();
            answer.WriteRest(json, last);
        },
        chunk.Part?.Characters ?? 0);

    private static StreamEvent Failure(GeminiError error) => new("message", json =>
    {
        json.WriteStartObject("error");
        json.WriteNumber("code", error.Code);
        json.WriteString("message", error.Message);
        json.WriteString("status", error.Status);
        json.WriteEndObject();
    });

    private sealed record Chunk(Candidate Candidate, int Index, AnswerPart? Part, string? Finish);
}
