using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Fuzz;

/// <summary>
/// Breaks JSON in the ways that clients, proxies and attackers break it: bytes (flips, cuts, repeats, stray tokens) or structure (a value replaced by one of
/// another kind, a property dropped, doubled or renamed, a subtree moved elsewhere, nesting). The same seed gives the same mutants.
/// </summary>
internal sealed class Mutator(int seed)
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1e308", "-0.0", "1e-400", "18446744073709551616", "99999999999", "2.5", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"",
        "\"\\ud83d\\ude00\"", "[]", "{}", "[null]", "[[]]", "[{}]", "{\"type\":\"text\"}", "{\"type\":null}", "[1,\"a\",{}]", "\"data:image/png;base64,%%%\"", "\"data:,\"",
        "\"http://169.254.169.254/\"", "\"auto\"", "\"none\"", "{\"type\":\"function\"}", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/a\"}}}",
    ];

    private static readonly string[] Tokens = ["{", "}", "[", "]", ",", ":", "\"", "\\", "null", "\\u", "\\ud800", "1e", "-", "\0", "\r\n", "\u00e9", "/*", "\"a\":"];

#pragma warning disable CA5394 // chance that must be repeatable, no secret
    private readonly Random _random = new(seed);

    /// <summary>A mutant of one of <paramref name="seeds"/>; four in five keep being JSON.</summary>
    public byte[] Next(IReadOnlyList<string> seeds)
    {
        var seed = seeds[_random.Next(seeds.Count)];
        if (_random.Next(5) == 0)
        {
            return Bytes(Encoding.UTF8.GetBytes(seed));
        }

        var root = JsonNode.Parse(seed)!;
        for (var left = 1 + _random.Next(4); left > 0; left--)
        {
            Structure(root);
        }

        // replaced values stand as text behind a mark, so that also those that no document can hold, such as lone surrogates, are put in
        return Encoding.UTF8.GetBytes(Unmark(root.ToJsonString()));
    }

    private byte[] Bytes(byte[] body)
    {
        var bytes = new List<byte>(body);
        for (var left = 1 + _random.Next(4); left > 0 && bytes.Count > 1; left--)
        {
            var at = _random.Next(bytes.Count);
            var length = Math.Min(bytes.Count - at, 1 + _random.Next(20));
            switch (_random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[_random.Next(Tokens.Length)]));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    private void Structure(JsonNode root)
    {
        var (parent, key) = Place(root);
        if (parent is null)
        {
            return;
        }

        switch (_random.Next(6))
        {
            case 0 when parent is JsonObject o:
                o.Remove((string)key);
                break;
            case 0 or 1 when parent is JsonArray a:
                a.RemoveAt((int)key);
                break;
            case 1 when parent is JsonObject o:
                var value = o[(string)key]?.DeepClone();
                o.Remove((string)key);
                o[((string)key) + "x"] = value;
                break;
            case 2 when Place(root) is ({ } other, { } there) && Get(other, there)?.ToJsonString().Length < 2000:
                Set(parent, key, Get(other, there)?.DeepClone());
                break;
            case 3:
                Set(parent, key, new JsonArray(Get(parent, key)?.DeepClone()));
                break;
            case 4 when parent is JsonArray a && a.Count < 20:
                a.Insert((int)key, a[(int)key]?.DeepClone());
                break;
            default:
                Set(parent, key, JsonValue.Create(Mark + _random.Next(Values.Length) + Mark));
                break;
        }
    }

    private const string Mark = "~fuzz~";

    private static string Unmark(string json)
    {
        for (var at = json.IndexOf("\"" + Mark, StringComparison.Ordinal); at >= 0; at = json.IndexOf("\"" + Mark, StringComparison.Ordinal))
        {
            var start = at + 1 + Mark.Length;
            var end = json.IndexOf(Mark, start, StringComparison.Ordinal);
            json = string.Concat(json.AsSpan(0, at), Values[int.Parse(json.AsSpan(start, end - start), System.Globalization.CultureInfo.InvariantCulture)], json.AsSpan(end + Mark.Length + 1));
        }

        return json;
    }

    /// <summary>A random place in the document.</summary>
    private (JsonNode? Parent, object Key) Place(JsonNode root)
    {
        var node = root;
        (JsonNode? Parent, object Key) found = (null, "");
        while (true)
        {
            object key;
            if (node is JsonObject { Count: > 0 } o)
            {
                key = o.ElementAt(_random.Next(o.Count)).Key;
            }
            else if (node is JsonArray { Count: > 0 } a)
            {
                key = _random.Next(a.Count);
            }
            else
            {
                return found;
            }

            found = (node, key);
            if (_random.Next(4) == 0 || Get(node, key) is not { } child)
            {
                return found;
            }

            node = child;
        }
    }

    private static JsonNode? Get(JsonNode parent, object key) => key is string name ? parent[name] : parent[(int)key];

    private static void Set(JsonNode parent, object key, JsonNode? value)
    {
        if (key is string name)
        {
            parent[name] = value;
        }
        else
        {
            parent[(int)key] = value;
        }
    }
}
