"""The dashboard's pages: the only place that imports Streamlit. Pages show; they count and decide nothing."""
