using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.OpenAI;

internal static class EmbeddingsEndpoint
{
    public static Task HandleAsync(HttpContext context, Intake intake, OpenAIDialect dialect) => AnswerAsync(context, intake, dialect, null);

    /// <param name="context">The request.</param>
    /// <param name="intake">Reads it.</param>
    /// <param name="dialect">OpenAI's own or a host's of its models.</param>
    /// <param name="deployment">The model when the path names it.</param>
    public static async Task AnswerAsync(HttpContext context, Intake intake, IDialect dialect, string? deployment)
    {
        if (await intake.ReadAsync(context, dialect, deployment) is not { } json)
        {
            return;
        }

        var (request, fault) = EmbeddingsRequest.Read(json, deployment);
        if (request is null)
        {
            await fault!.WriteAsync(context);
            return;
        }

        if (await intake.BeginAsync(context, dialect, request.Model) is { } turn)
        {
            await Delivery.SendJsonAsync(context, turn, Write(request));
        }
    }

    private static ReadOnlyMemory<byte> Write(EmbeddingsRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + (request.Inputs.Count * request.Dimensions * 14));
        using var json = new Utf8JsonWriter(buffer, SimulatorJson.Writer);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var (index, input) in request.Inputs.Index())
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", index);
            WriteVector(json, HashedVector.Of(input, request.Model, request.Dimensions), request.Base64);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", request.Model);
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", request.Tokens);
        json.WriteNumber("total_tokens", request.Tokens);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteVector(Utf8JsonWriter json, float[] vector, bool base64)
    {
        if (base64)
        {
            json.WriteBase64String("embedding", MemoryMarshal.AsBytes<float>(vector));
            return;
        }

        json.WriteStartArray("embedding");
        foreach (var value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
