namespace Gateflow.Simulator.OpenAI;

internal static class OpenAIEndpoints
{
    public static void MapOpenAI(this RouteGroupBuilder v1)
    {
        v1.MapPost("/chat/completions", ChatEndpoint.HandleAsync);
        v1.MapPost("/embeddings", EmbeddingsEndpoint.HandleAsync);
        v1.MapGet("/models", ModelsEndpoint.ListAsync);
        v1.MapGet("/models/{**id}", ModelsEndpoint.GetAsync);
    }
}
