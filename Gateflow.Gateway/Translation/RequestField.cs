using System.Text.Json;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Translation;

/// <summary>
/// A value of a caller's request together with its path, so that whatever reads it can say where a fault is. Null counts as not given. Every
/// reading throws <see cref="NotCarriedException"/> for another form than the one read, and nothing else.
/// </summary>
/// <param name="Value">The JSON value; stays valid, it is not pooled.</param>
/// <param name="Path">"messages[2].content"; empty for the whole body.</param>
internal readonly record struct RequestField(JsonElement Value, string Path)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>The whole body. Half surrogate pairs anywhere in it are refused here, so that no later reading or writing trips over them.</summary>
    public static RequestField Root(ReadOnlySpan<byte> body)
    {
        var check = new Utf8JsonReader(body, Options);
        try
        {
            while (check.Read())
            {
                if (check.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && check.ValueIsEscaped)
                {
                    check.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            throw new NotCarriedException(GatewayError.InvalidJson($"The body is not valid JSON: half a surrogate pair near byte {check.TokenStartIndex + 1}."));
        }

        var reader = new Utf8JsonReader(body, Options);
        return new RequestField(JsonElement.ParseValue(ref reader), "");
    }

    public JsonValueKind Kind => Value.ValueKind;

    /// <summary>A member; null when it is not given.</summary>
    public RequestField? Find(string name)
    {
        Expect(JsonValueKind.Object, "an object");
        return Value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? new RequestField(value, PathOf(name)) : null;
    }

    /// <summary>A member that must be given.</summary>
    public RequestField Need(string name) => Find(name) ?? throw new NotCarriedException(GatewayError.Missing(PathOf(name)));

    /// <summary>The members that are given, each under its name; of a repeated one the last.</summary>
    public IReadOnlyDictionary<string, JsonElement> Members(Func<string, bool> wanted)
    {
        Expect(JsonValueKind.Object, "an object");
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in Value.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && wanted(member.Name))
            {
                members[member.Name] = member.Value;
            }
        }

        return members;
    }

    public IReadOnlyList<RequestField> Items()
    {
        Expect(JsonValueKind.Array, "an array");
        var items = new List<RequestField>(Value.GetArrayLength());
        foreach (var item in Value.EnumerateArray())
        {
            items.Add(new RequestField(item, $"{Path}[{items.Count}]"));
        }

        return items;
    }

    public string Text()
    {
        Expect(JsonValueKind.String, "a string");
        return Value.GetString()!;
    }

    public bool Flag() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Invalid("true or false"),
    };

    public double Number() =>
        Kind == JsonValueKind.Number && Value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Invalid("a number");

    /// <summary>A whole number of at least <paramref name="least"/>; 5.0 counts as one.</summary>
    public int Count(int least = 0) =>
        Number() is var number && number == Math.Floor(number) && number >= least && number <= int.MaxValue
            ? (int)number
            : throw Invalid($"a whole number of at least {least}");

    public long Integer() => Kind == JsonValueKind.Number && Value.TryGetInt64(out var number) ? number : throw Invalid("a whole number");

    /// <summary>The value as it is, an object.</summary>
    public JsonElement Object()
    {
        Expect(JsonValueKind.Object, "an object");
        return Value;
    }

    public NotCarriedException Invalid(string expected) => NotCarriedException.Invalid(Path, expected);

    /// <param name="what">See <see cref="NotCarriedException.Unsupported"/>.</param>
    public NotCarriedException Unsupported(string what) => NotCarriedException.Unsupported(Path, what);

    private string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private void Expect(JsonValueKind kind, string expected)
    {
        if (Kind != kind)
        {
            throw Invalid(expected);
        }
    }
}
