using System.Runtime.InteropServices;
using System.Text.Json;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Translation;
using Gateflow.Gateway.Usage;

namespace Gateflow.Gateway.Protocols.Embeddings;

/// <summary>Writes <c>{object: "list", data[{object: "embedding", index, embedding}], model, usage}</c>; tokens that the provider does not tell are estimated.</summary>
internal sealed class EmbeddingsAnswerWriter(AnswerContext context) : IAnswerWriter
{
    private readonly EmbeddingInput _asked = context.Request.Embedding!;
    private readonly List<float[]> _vectors = [];
    private Counted? _usage;

    public void Add(AnswerPart part, PooledBody output)
    {
        switch (part)
        {
            case VectorPart vector:
                _vectors.Add(vector.LosesUnit && _asked.Dimensions is not null ? Unit(vector.Values) : vector.Values);
                break;
            case Counted counted:
                _usage = Counted.Merge(_usage, counted);
                break;
        }
    }

    public void Complete(PooledBody output)
    {
        using var json = new Utf8JsonWriter(output, ChatAnswerJson.Options);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var (index, vector) in _vectors.Index())
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, index);
            Write(json, vector);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model"u8, context.Model);
        var tokens = _usage?.Input ?? TokenEstimate.Of(_asked.Texts.Sum(static text => (long)text.Length));
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, tokens);
        json.WriteNumber("total_tokens"u8, tokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static float[] Unit(float[] values)
    {
        var length = Math.Sqrt(values.Sum(static value => (double)value * value));
        return length > 0 ? [.. values.Select(value => (float)(value / length))] : values;
    }

    private void Write(Utf8JsonWriter json, float[] values)
    {
        if (_asked.Base64)
        {
            json.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes<float>(values));
            return;
        }

        json.WriteStartArray("embedding"u8);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
