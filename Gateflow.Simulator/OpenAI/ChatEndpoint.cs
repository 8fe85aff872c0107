using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;

namespace Gateflow.Simulator.OpenAI;

internal static class ChatEndpoint
{
    public static async Task HandleAsync(HttpContext context, OpenAIIntake intake)
    {
        if (await intake.ReadAsync(context) is not { } json)
        {
            return;
        }

        var (request, fault) = ChatRequest.Read(json);
        if (request is null)
        {
            await fault!.WriteAsync(context);
            return;
        }

        if (await intake.BeginAsync(context, request.Model) is not { } turn)
        {
            return;
        }

        var completion = new ChatCompletion
        {
            Id = "chatcmpl-" + Guid.NewGuid().ToString("N")[..29],
            Created = intake.Clock.GetUtcNow().ToUnixTimeSeconds(),
            Model = request.Model,
            PromptTokens = request.PromptTokens,
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
