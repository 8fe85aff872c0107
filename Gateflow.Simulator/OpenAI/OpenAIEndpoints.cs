namespace Gateflow.Simulator.OpenAI;

internal static class OpenAIEndpoints
{
    public static void MapOpenAI(this RouteGroupBuilder protocol)
    {
        protocol.MapPost("/v1/chat/completions", ChatEndpoint.HandleAsync);
        protocol.MapPost("/v1/responses", ResponsesEndpoint.HandleAsync);
        protocol.MapPost("/v1/embeddings", EmbeddingsEndpoint.HandleAsync);
    }
}
