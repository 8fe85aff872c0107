using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Control;
using Gateflow.Simulator.OpenAI;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Azure;

/// <summary>OpenAI's endpoints at Azure: under a deployment, whose name is the model, or under <c>/openai/v1</c>, where the body names it.</summary>
internal static class AzureEndpoints
{
    public static void MapAzure(this RouteGroupBuilder protocol)
    {
        var deployment = protocol.MapGroup("/openai/deployments/{deployment}").AddEndpointFilter(ApiVersionFilter.CheckAsync);
        deployment.MapPost("/chat/completions", ChatAsync);
        deployment.MapPost("/embeddings", EmbedAsync);

        var v1 = protocol.MapGroup("/openai/v1");
        v1.MapPost("/chat/completions", (HttpContext context, Intake intake, AzureDialect dialect, PromptCache cache) =>
            ChatEndpoint.AnswerAsync(context, intake, dialect, cache, null));
        v1.MapPost("/embeddings", (HttpContext context, Intake intake, AzureDialect dialect) =>
            EmbeddingsEndpoint.AnswerAsync(context, intake, dialect, null));
        v1.MapPost("/responses", (HttpContext context, Intake intake, AzureDialect dialect, PromptCache cache, ResponseStore store) =>
            ResponsesEndpoint.AnswerAsync(context, intake, dialect, cache, store));
    }

    private static Task ChatAsync(string deployment, HttpContext context, Intake intake, AzureDialect dialect, PromptCache cache) =>
        ChatEndpoint.AnswerAsync(context, intake, dialect, cache, ModelId.FromRoute(deployment));

    private static Task EmbedAsync(string deployment, HttpContext context, Intake intake, AzureDialect dialect) =>
        EmbeddingsEndpoint.AnswerAsync(context, intake, dialect, ModelId.FromRoute(deployment));
}
