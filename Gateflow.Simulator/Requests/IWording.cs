using System.Text.Json;

namespace Gateflow.Simulator.Requests;

/// <summary>How one protocol names places in a request and what it says of a fault there.</summary>
internal interface IWording
{
    /// <summary>Another spelling under which a field may be sent; null: there is none.</summary>
    string? OtherName(string name) => null;

    /// <summary>Path of a field; <paramref name="outer"/> is empty at the top.</summary>
    string Field(string outer, string name);

    /// <summary>Path of an item of a list.</summary>
    string Item(string list, int index);

    string Missing(string outer, string name);

    string Unknown(string outer, string name);

    /// <param name="path">Where.</param>
    /// <param name="expected">One of <c>string, boolean, number, integer, object, array</c>.</param>
    /// <param name="value">What stands there.</param>
    string WrongType(string path, string expected, JsonElement value);

    string OutOfRange(string path, double value, double min, double max);

    string NotOneOf(string path, string value, IReadOnlyList<string> known);
}
