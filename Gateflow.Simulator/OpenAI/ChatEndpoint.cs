using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.OpenAI;

internal static class ChatEndpoint
{
    public static async Task HandleAsync(HttpContext context, Intake intake, OpenAIDialect dialect, PromptCache cache)
    {
        if (await intake.ReadAsync(context, dialect) is not { } json)
        {
            return;
        }

        var (request, fault) = ChatRequest.Read(json);
        if (request is null)
        {
            await fault!.WriteAsync(context);
            return;
        }

        if (await intake.BeginAsync(context, dialect, request.Model, request.Stream) is not { } turn)
        {
            return;
        }

        var completion = new ChatCompletion
        {
            Id = "chatcmpl-" + Guid.NewGuid().ToString("N")[..29],
            Created = intake.Clock.GetUtcNow().ToUnixTimeSeconds(),
            Model = request.Model,
            PromptTokens = request.PromptTokens,
            CachedTokens = cache.Automatic(request.Model, request.RawMessages, request.PromptTokens),
            Replies = [.. Enumerable.Range(0, request.Choices).Select(choice => Responder.Reply(request.Question, turn.Entry, turn.Flaw, choice))],
        };
        if (request.Stream)
        {
            await ChatStream.SendAsync(context, turn, completion, request.IncludeUsage);
            return;
        }

        await turn.WaitAsync(turn.Duration(completion.CompletionTokens), context.RequestAborted);
        await Delivery.SendJsonAsync(context, turn, completion.ToJson());
    }
}
