namespace Gateflow.Tests.Shell;

public sealed class TypedFieldsTests
{
    /// <summary>Without a binding the server does not know what stands in the browser's field, and writes an older text over what is typed meanwhile.</summary>
    [Fact]
    public void Fields_ThatAreReadWhileTyping_AreBound()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "Gateflow.Dashboard"), "*.razor", SearchOption.AllDirectories);

        var unbound = pages.SelectMany(page => File.ReadLines(page)
            .Where(line => line.Contains("@oninput", StringComparison.Ordinal) && line.Contains(" value=", StringComparison.Ordinal))
            .Select(line => $"{Path.GetFileName(page)}: {line.Trim()}"));

        Assert.NotEmpty(pages);
        Assert.Empty(unbound);
    }
}
