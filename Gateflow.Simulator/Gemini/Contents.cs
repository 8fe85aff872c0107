using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <param name="LastUserText">Text parts of the last user content that has any, joined by line feeds; empty without one.</param>
/// <param name="EndsWithToolResult">The last content brings the results of functions.</param>
/// <param name="Tokens">Of all contents and the system instruction, estimated.</param>
internal sealed record Contents(string LastUserText, bool EndsWithToolResult, int Tokens)
{
    private static readonly Contents None = new("", false, 0);

    public static Contents Read(Fields request, bool signatures)
    {
        var tokens = TokenEstimate.PerRequest;
        if (request.Object("systemInstruction") is { } system)
        {
            system.Allow("role", "parts");
            var parts = Parts(system);
            tokens += TokenEstimate.PerMessage + parts.Sum(part => part.Tokens);
            if (parts.Exists(part => part.Kind != "text"))
            {
                system.Fail("* GenerateContentRequest.system_instruction.parts: only text is supported");
            }
        }

        if (!request.Need("contents"))
        {
            return None;
        }

        var turns = new List<Turn>();
        foreach (var content in request.Objects("contents"))
        {
            content.Allow("role", "parts");
            var role = content.Text("role") ?? "user";
            if (role is not ("user" or "model" or "function"))
            {
                content.Fail("Please use a valid role: user, model.");
            }

            var parts = Parts(content);
            turns.Add(new Turn(role, content.Path, parts));
            tokens += TokenEstimate.PerMessage + parts.Sum(part => part.Tokens);
        }

        if (!request.Ok)
        {
            return None;
        }

        Check(request, turns, signatures);
        var texts = turns.FindLast(turn => turn.Role == "user" && turn.Parts.Exists(part => part.Text is not null))?.Parts
            .Where(part => part.Text is not null).Select(part => part.Text) ?? [];
        return new Contents(string.Join('\n', texts), turns.Count > 0 && turns[^1].Has("functionResponse"), tokens);
    }

    private static List<ContentPart> Parts(Fields content)
    {
        var parts = content.Objects("parts").Select(ContentParts.Read).OfType<ContentPart>().ToList();
        if (parts.Count == 0 && content.Ok)
        {
            content.Fail($"* GenerateContentRequest.{content.Path}.parts: contents.parts must not be empty.");
        }

        return parts;
    }

    private static void Check(Fields request, List<Turn> turns, bool signatures)
    {
        if (turns.Count == 0)
        {
            request.Fail("* GenerateContentRequest.contents: contents is not specified");
            return;
        }

        var lastQuestion = turns.FindLastIndex(turn => turn.Role == "user" && turn.Parts.Exists(part => part.Text is not null));
        foreach (var (index, turn) in turns.Index())
        {
            var before = index > 0 ? turns[index - 1] : null;
            if (turn.Has("functionCall"))
            {
                CheckCall(request, turn, before, index + 1 < turns.Count ? turns[index + 1] : null);
                if (signatures && index > lastQuestion)
                {
                    CheckSignature(request, turn);
                }
            }

            if (turn.Has("functionResponse"))
            {
                CheckResponse(request, turn, before);
            }
        }
    }

    private static void CheckCall(Fields request, Turn turn, Turn? before, Turn? after)
    {
        if (turn.Role != "model" || before is null || before.Role == "model")
        {
            request.Fail("Please ensure that function call turn comes immediately after a user turn or after a function response turn.");
        }

        if (after is null || !after.Has("functionResponse"))
        {
            request.Fail("Please ensure that function response turn comes immediately after a function call turn.");
        }
    }

    private static void CheckResponse(Fields request, Turn turn, Turn? before)
    {
        if (before is null || !before.Has("functionCall"))
        {
            request.Fail("Please ensure that function response turn comes immediately after a function call turn.");
            return;
        }

        if (!before.Functions("functionCall").SequenceEqual(turn.Functions("functionResponse"), StringComparer.Ordinal))
        {
            request.Fail("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
        }
    }

    // Of parallel calls only the first carries one.
    private static void CheckSignature(Fields request, Turn turn)
    {
        var (position, call) = turn.Parts.Index().First(part => part.Item.Kind == "functionCall");
        if (call.Signature is null)
        {
            request.Fail(
                "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing "
                + $"thought_signature may lead to degraded model performance. Additional data, function call `default_api:{call.Function}`, position {position + 1}.");
        }
        else if (!ThoughtSignature.Fits(call.Signature, call.Function ?? ""))
        {
            request.Fail("Corrupted thought signature.");
        }
    }

    private sealed record Turn(string Role, string Path, List<ContentPart> Parts)
    {
        public bool Has(string kind) => Parts.Exists(part => part.Kind == kind);

        public IEnumerable<string?> Functions(string kind) => Parts.Where(part => part.Kind == kind).Select(part => part.Function).Order(StringComparer.Ordinal);
    }
}
