using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Shell;

/// <summary>The head of every page: breadcrumb, title (also the browser's), one line of purpose, actions at the right.</summary>
public sealed partial class PageHeader
{
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>Richer title, for a pair of models with its badge; <see cref="Title"/> still names the page.</summary>
    [Parameter]
    public RenderFragment? TitleContent { get; set; }

    /// <summary>The browser tab's title when it differs.</summary>
    [Parameter]
    public string? TabTitle { get; set; }

    [Parameter]
    public string? Purpose { get; set; }

    /// <summary>The way here, without this page.</summary>
    [Parameter]
    public IReadOnlyList<Crumb> Crumbs { get; set; } = [];

    [Parameter]
    public RenderFragment? Actions { get; set; }
}
